//! What no page may hold, because the strict Content Security Policy would block it in every browser.

use crate::html::{Tag, tags};

/// Every fault of a page, one sentence each, with the page's name and line.
pub fn faults(page: &str, html: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for tag in tags(html) {
        let line = 1 + html[..tag.range.start].matches('\n').count();
        let mut report = |what: String| faults.push(format!("{page}:{line}: {what}"));
        match tag.name.as_str() {
            "script" if tag.value("src").is_none() && !is_data(&tag) => {
                report("a script stands in the page; move it into a file".into())
            }
            "meta" if tag.value("http-equiv").is_some_and(|kind| kind.eq_ignore_ascii_case("refresh")) => {
                report("a <meta> sends the reader elsewhere; use a link".into());
            }
            "style" => report("a <style> stands in the page; move it into a stylesheet".into()),
            _ => {}
        }
        for attribute in &tag.attributes {
            if attribute.name == "style" {
                report(format!("<{}> has a style attribute; use a class", tag.name));
            }
            if attribute.name == "srcdoc" {
                report(format!("<{}> holds a page of its own; use src", tag.name));
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

/// A block of data for machines: no browser runs it, and no policy blocks it.
fn is_data(tag: &Tag) -> bool {
    tag.value("type") == Some("application/ld+json")
}

/// Whether the browser fetches this attribute's address by itself, without a click.
fn loads(tag: &Tag, attribute: &str) -> bool {
    match attribute {
        "src" | "srcset" | "poster" | "data" => true,
        "href" => {
            tag.name == "link" && !matches!(tag.value("rel"), Some("alternate" | "author" | "canonical" | "license"))
        }
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
    fn a_page_with_anything_new_that_runs_or_loads_from_elsewhere_is_refused() {
        let page =
            |more: &str| format!("<html><head><script src=\"boot.js\"></script>{more}</head><body></body></html>");
        assert!(faults("p", &page("<script type=\"application/ld+json\">{}</script>")).is_empty());
        assert!(faults("p", &page("<link rel=\"alternate\" href=\"https://a.example/o.json\">")).is_empty());
        for mutation in [
            "<script>alert(1)</script>",
            "<script type=\"module\">import 'x'</script>",
            "<script type=\"importmap\">{}</script>",
            "<script src=\"https://cdn.example/x.js\"></script>",
            "<img src=\"https://pixel.example/x.png\">",
            "<img srcset=\"//pixel.example/x.png 2x\">",
            "<link rel=\"stylesheet\" href=\"https://fonts.example/a.css\">",
            "<iframe src=\"https://video.example/\"></iframe>",
            "<iframe srcdoc=\"<script>1</script>\"></iframe>",
            "<object data=\"//a.example/x\"></object>",
            "<a href=\"javascript:1\">x</a>",
            "<b onclick=\"1\">x</b>",
            "<meta http-equiv=\"refresh\" content=\"0;url=//a.example\">",
        ] {
            assert_eq!(faults("p", &page(mutation)).len(), 1, "{mutation}");
        }
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
