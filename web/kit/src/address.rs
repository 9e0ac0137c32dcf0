//! Addresses: where the site is rooted.
//!
//! Every page carries a relative `<base>`, so one build works at any path. The first page's base is
//! made absolute at the start: a relative one would change its meaning with each navigation.

use leptos::prelude::*;

/// Makes the page's `<base>` absolute. Call once, before the first navigation.
pub fn freeze_base() {
    let base = document().query_selector("base").ok().flatten();
    if let (Some(element), Ok(Some(uri))) = (base, document().base_uri()) {
        // Setting the attribute of an element that exists cannot fail.
        let _ = element.set_attribute("href", &uri);
    }
}

/// The site's root as a path, such as `/` or `/name/`.
pub fn base_path() -> String {
    let uri = document().base_uri().ok().flatten().unwrap_or_default();
    let path = web_sys::Url::new(&uri).map(|url| url.pathname()).unwrap_or_else(|_| "/".into());
    match path.rfind('/') {
        Some(last) => path[..=last].to_owned(),
        None => "/".to_owned(),
    }
}

/// A file of the site as a whole address.
pub fn absolute(relative: &str) -> String {
    let uri = document().base_uri().ok().flatten().unwrap_or_default();
    web_sys::Url::new_with_base(relative, &uri).map_or_else(|_| relative.to_owned(), |url| url.href())
}
