//! The store of last resort: the page's memory, gone with the page.

use super::{Pending, Store, StoreError, record_key};
use std::cell::RefCell;

/// Keeps everything until the page is closed.
#[derive(Default)]
pub struct Memory {
    records: RefCell<Table>,
    files: RefCell<Table>,
}

/// Bytes by name, sorted by name. There are few of them, and a tree would weigh more than the whole module.
#[derive(Default)]
struct Table(Vec<(String, Vec<u8>)>);

impl Table {
    fn place(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.as_str().cmp(key))
    }

    fn get(&self, key: &str) -> Option<&[u8]> {
        self.place(key).ok().map(|at| self.0[at].1.as_slice())
    }

    fn put(&mut self, key: &str, value: &[u8]) {
        match self.place(key) {
            Ok(at) => self.0[at].1 = value.to_vec(),
            Err(at) => self.0.insert(at, (key.to_owned(), value.to_vec())),
        }
    }

    fn delete(&mut self, key: &str) {
        if let Ok(at) = self.place(key) {
            self.0.remove(at);
        }
    }
}

fn at_once<'a, T: 'a>(value: T) -> Pending<'a, T> {
    Box::pin(std::future::ready(Ok::<T, StoreError>(value)))
}

impl Store for Memory {
    fn get<'a>(&'a self, area: &'a str, key: &'a str) -> Pending<'a, Option<String>> {
        let records = self.records.borrow();
        at_once(records.get(&record_key(area, key)).map(|bytes| String::from_utf8_lossy(bytes).into_owned()))
    }

    fn put<'a>(&'a self, area: &'a str, key: &'a str, value: &'a str) -> Pending<'a, ()> {
        self.records.borrow_mut().put(&record_key(area, key), value.as_bytes());
        at_once(())
    }

    fn delete<'a>(&'a self, area: &'a str, key: &'a str) -> Pending<'a, ()> {
        self.records.borrow_mut().delete(&record_key(area, key));
        at_once(())
    }

    fn keys<'a>(&'a self, area: &'a str) -> Pending<'a, Vec<String>> {
        let (records, area) = (self.records.borrow(), record_key(area, ""));
        at_once(records.0.iter().filter_map(|(key, _)| key.strip_prefix(&area).map(str::to_owned)).collect())
    }

    fn read_file<'a>(&'a self, path: &'a str) -> Pending<'a, Option<Vec<u8>>> {
        at_once(self.files.borrow().get(path).map(<[u8]>::to_vec))
    }

    fn file_size<'a>(&'a self, path: &'a str) -> Pending<'a, Option<f64>> {
        at_once(self.files.borrow().get(path).map(|bytes| bytes.len() as f64))
    }

    fn write_file<'a>(&'a self, path: &'a str, bytes: &'a [u8]) -> Pending<'a, ()> {
        self.files.borrow_mut().put(path, bytes);
        at_once(())
    }

    fn delete_file<'a>(&'a self, path: &'a str) -> Pending<'a, ()> {
        self.files.borrow_mut().delete(path);
        at_once(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::{Context, Poll, Waker};

    fn now<T>(mut pending: Pending<T>) -> T {
        match pending.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result.expect("memory takes everything"),
            Poll::Pending => panic!("memory answers at once"),
        }
    }

    #[test]
    fn records_come_back_sorted_until_they_are_deleted() {
        let memory = Memory::default();
        for (area, key, value) in
            [("quiz", "b", "1/2"), ("quiz-old", "a", "x"), ("quiz", "a", "2/2"), ("quiz", "b", "2/2")]
        {
            now(memory.put(area, key, value));
        }
        assert_eq!(now(memory.keys("quiz")), ["a", "b"]);
        assert_eq!(now(memory.get("quiz", "b")).as_deref(), Some("2/2"));
        now(memory.delete("quiz", "b"));
        assert_eq!(now(memory.get("quiz", "b")), None);
        assert_eq!(now(memory.get("quiz-old", "a")).as_deref(), Some("x"));
    }

    #[test]
    fn files_are_replaced_and_deleted() {
        let memory = Memory::default();
        now(memory.write_file("a", &[1, 2]));
        now(memory.write_file("a", &[3]));
        assert_eq!(now(memory.read_file("a")), Some(vec![3]));
        assert_eq!(now(memory.file_size("a")), Some(1.0));
        now(memory.delete_file("a"));
        assert_eq!(now(memory.read_file("a")), None);
    }
}
