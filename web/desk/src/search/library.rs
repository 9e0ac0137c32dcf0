//! The library, fetched once a visit; offline it comes from the kept files of the site.

use kit::address;
use learn::search::{Index, Library, Weights};
use std::{cell::RefCell, sync::Arc};

thread_local! {
    static INDEX: RefCell<Option<Arc<Index>>> = const { RefCell::new(None) };
}

/// The index of everything that can be found.
///
/// # Errors
/// A sentence that says why there is none.
pub async fn index() -> Result<Arc<Index>, String> {
    if let Some(index) = INDEX.with_borrow(Clone::clone) {
        return Ok(index);
    }
    let response = gloo::net::http::Request::get(&address::absolute("search.json")).send().await;
    let response = response.map_err(|error| error.to_string())?;
    if !response.ok() {
        return Err(format!("search.json: {}", response.status()));
    }
    let json = response.text().await.map_err(|error| error.to_string())?;
    let index = Arc::new(Index::new(Library::read(&json)?, Weights::default()));
    INDEX.set(Some(Arc::clone(&index)));
    Ok(index)
}
