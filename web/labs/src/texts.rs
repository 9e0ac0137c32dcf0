//! The texts of `public/data`, for labs that learn from one.

use crate::address;
use gloo::net::http::Request;

/// Id and title of each; a test compares them with the list there.
pub const SHIPPED: [(&str, &str); 4] = [
    ("pride-and-prejudice", "Pride and Prejudice"),
    ("emma", "Emma"),
    ("moby-dick", "Moby-Dick, chapters 1 to 40"),
    ("lincoln", "Annual messages to Congress"),
];

/// Fetches a file of the site. `None` if it did not come.
pub async fn fetch(path: &str) -> Option<Vec<u8>> {
    let response = Request::get(&address::absolute(path)).send().await.ok()?;
    if !response.ok() {
        return None;
    }
    response.binary().await.ok()
}

/// The shipped text called `id`. `None` if it did not come.
pub async fn download(id: &str) -> Option<String> {
    String::from_utf8(fetch(&format!("data/{id}.txt")).await?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_texts_are_those_of_the_list() {
        let list: serde_json::Value =
            serde_json::from_str(include_str!("../../../public/data/index.json")).expect("it is JSON");
        for (id, title) in SHIPPED {
            let entry = list.as_array().and_then(|all| all.iter().find(|entry| entry["id"] == id));
            let entry = entry.unwrap_or_else(|| panic!("{id} is not shipped"));
            assert_eq!((&entry["title"], &entry["file"]), (&title.into(), &format!("{id}.txt").into()));
        }
    }
}
