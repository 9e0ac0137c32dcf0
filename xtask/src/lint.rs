//! What no page may hold, because the strict Content Security Policy would block it in every browser.

use crate::html::{Tag, tags};

/// Every fault of a page, one sentence each, with the page's name and line.
pub fn faults(page: &str, html: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for tag in tags(html) {
        let line = 1 + html[..tag.range.start].matches('\n').count();
        let mut report = |what: String| faults.push(format!("{page}:{line}: {what}"));
        match tag.name.as_str() {
            "script" if tag.value("src").is_none() => report("a script stands in the page; move it into a file".into()),
            "style" => report("a <style> stands in the page; move it into a stylesheet".into()),
            _ => {}
        }
        for attribute in &tag.attributes {
            if attribute.name == "style" {
                report(format!("<{}> has a style attribute; use a class", tag.name));
            }
            if attribute.name.starts_with("on") {
                report(format!("<{}> has the inline handler {}; listen from a script", tag.name, attribute.name));
            }
            if loads(&tag, &attribute.name) && leaves_the_site(&attribute.value) {
                report(format!("<{}> would load {} from elsewhere; ship the file", tag.name, attribute.value));
            }
            if attribute.value.trim_start().to_ascii_lowercase().starts_with("javascript:") {
                report(format!("<{}> has a javascript: address", tag.name));
            }
        }
    }
    faults
}

/// Whether the browser fetches this attribute's address by itself, without a click.
fn loads(tag: &Tag, attribute: &str) -> bool {
    match attribute {
        "src" | "srcset" | "poster" | "data" => true,
        "href" => tag.name == "link" && !matches!(tag.value("rel"), Some("canonical" | "license" | "author")),
        _ => false,
    }
}

fn leaves_the_site(address: &str) -> bool {
    address.starts_with("//") || address.contains("://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_page_has_no_faults() {
        let html = r#"<html><head><script src="boot.js"></script><link rel="stylesheet" href="a.css"></head>
            <body><a href="https://example.org/">a source</a><section data-quiz="{&quot;p&quot;: &quot;&lt;p style=1&gt;&quot;}"></section></body></html>"#;
        assert_eq!(faults("index.html", html), Vec::<String>::new());
    }

    #[test]
    fn every_fault_is_reported_with_its_line() {
        let html = "<html>\n<script>1</script>\n<style>a{}</style><p style=\"x\" onclick='y'>\n<a href=' JavaScript:z'><img src=//cdn/x.png>";
        let faults = faults("a/index.html", html);
        assert_eq!(faults.len(), 6, "{faults:#?}");
        assert!(faults[0].starts_with("a/index.html:2: a script"), "{}", faults[0]);
        assert!(faults[3].contains("onclick"), "{}", faults[3]);
        assert!(faults[5].starts_with("a/index.html:4: "), "{}", faults[5]);
    }
}
