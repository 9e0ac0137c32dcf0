//! The store of last resort: the page's memory, gone with the page.

use super::{Pending, Store, StoreError};
use std::{cell::RefCell, collections::BTreeMap};

/// Keeps everything until the page is closed.
#[derive(Default)]
pub struct Memory {
    records: RefCell<BTreeMap<(String, String), String>>,
    files: RefCell<BTreeMap<String, Vec<u8>>>,
}

fn at_once<'a, T: 'a>(value: T) -> Pending<'a, T> {
    Box::pin(std::future::ready(Ok::<T, StoreError>(value)))
}

impl Store for Memory {
    fn get<'a>(&'a self, area: &'a str, key: &'a str) -> Pending<'a, Option<String>> {
        at_once(self.records.borrow().get(&(area.to_owned(), key.to_owned())).cloned())
    }

    fn put<'a>(&'a self, area: &'a str, key: &'a str, value: &'a str) -> Pending<'a, ()> {
        self.records.borrow_mut().insert((area.to_owned(), key.to_owned()), value.to_owned());
        at_once(())
    }

    fn delete<'a>(&'a self, area: &'a str, key: &'a str) -> Pending<'a, ()> {
        self.records.borrow_mut().remove(&(area.to_owned(), key.to_owned()));
        at_once(())
    }

    fn keys<'a>(&'a self, area: &'a str) -> Pending<'a, Vec<String>> {
        let records = self.records.borrow();
        at_once(records.keys().filter(|(of, _)| of == area).map(|(_, key)| key.clone()).collect())
    }

    fn read_file<'a>(&'a self, path: &'a str) -> Pending<'a, Option<Vec<u8>>> {
        at_once(self.files.borrow().get(path).cloned())
    }

    fn file_size<'a>(&'a self, path: &'a str) -> Pending<'a, Option<f64>> {
        at_once(self.files.borrow().get(path).map(|bytes| bytes.len() as f64))
    }

    fn write_file<'a>(&'a self, path: &'a str, bytes: &'a [u8]) -> Pending<'a, ()> {
        self.files.borrow_mut().insert(path.to_owned(), bytes.to_vec());
        at_once(())
    }

    fn delete_file<'a>(&'a self, path: &'a str) -> Pending<'a, ()> {
        self.files.borrow_mut().remove(path);
        at_once(())
    }
}
