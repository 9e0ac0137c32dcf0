//! The browser's storage: records in IndexedDB, files in OPFS, or in IndexedDB where there is no OPFS.

use super::{Pending, Store, StoreError, opfs::Opfs, record_key};
use crate::t;
use idb::{Database, DatabaseEvent, Error, Factory, ObjectStoreParams, Transaction};
use js_sys::{Function, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbTransaction};

const VERSION: u32 = 1;
const RECORDS: &str = "records";
const FILES: &str = "files";

/// An open database, and the file system beside it.
pub struct IndexedDb {
    database: IdbDatabase,
    opfs: Option<Opfs>,
}

impl IndexedDb {
    /// Opens the site's database, and proves that it can be written.
    ///
    /// # Errors
    /// One sentence, where the browser denies it.
    pub async fn open() -> Result<Self, StoreError> {
        // Other projects may live on the same origin, so the name carries the site's path.
        let name = format!("glassbox {}", crate::address::base_path());
        let database = open_database(&name).await.map_err(|e| failed(t!("store.be_opened"), &e))?;
        let database = IdbDatabase::from(database);
        let opfs = Opfs::open(&name.replace('/', "_")).await;
        let store = Self { database, opfs };
        // A full storage cannot be written and is still there to be read.
        match store.put("settings", "probe", "1").await {
            Err(error) if error != StoreError::full() => Err(error),
            _ => Ok(store),
        }
    }

    fn begin(&self, table: &str, mode: &str) -> Result<IdbTransaction, StoreError> {
        // Strict: what is called saved has reached the disk. The bindings call this option unstable.
        let options = Object::new();
        let begun = Reflect::set(&options, &"durability".into(), &"strict".into())
            .and_then(|_| Reflect::get(&self.database, &"transaction".into()))
            .and_then(|call| {
                call.unchecked_into::<Function>().call3(&self.database, &table.into(), &mode.into(), &options)
            });
        begun.map(JsCast::unchecked_into).map_err(|e| broken(t!("store.be_used"), &e))
    }

    async fn write(
        &self,
        table: &str,
        change: impl FnOnce(&idb::ObjectStore) -> Result<(), Error>,
    ) -> Result<(), StoreError> {
        let raw = self.begin(table, "readwrite")?;
        let transaction = Transaction::from(raw.clone());
        let store = transaction.object_store(table).map_err(|e| failed(t!("store.be_written"), &e))?;
        change(&store).map_err(|e| failed(t!("store.be_written"), &e))?;
        let committed = transaction.await.is_ok_and(|result| result.is_committed());
        if committed {
            return Ok(());
        }
        // A full storage often shows only when the transaction is committed.
        let name = raw.error().map_or_else(|| "QuotaExceededError".to_owned(), |error| error.name());
        Err(StoreError::from_name(t!("store.be_written"), &name))
    }

    async fn read(&self, table: &str, key: &str) -> Result<Option<JsValue>, StoreError> {
        let transaction = Transaction::from(self.begin(table, "readonly")?);
        let store = transaction.object_store(table).map_err(|e| failed(t!("store.be_read"), &e))?;
        let request = store.get(JsValue::from_str(key)).map_err(|e| failed(t!("store.be_read"), &e))?;
        request.await.map_err(|e| failed(t!("store.be_read"), &e))
    }
}

async fn open_database(name: &str) -> Result<Database, Error> {
    let mut request = Factory::new()?.open(name, Some(VERSION))?;
    request.on_upgrade_needed(|event| {
        if let Ok(database) = event.database() {
            for table in [RECORDS, FILES] {
                // It exists if an upgrade was interrupted; then it is used as it is.
                let _ = database.create_object_store(table, ObjectStoreParams::new());
            }
        }
    });
    let mut database = request.await?;
    // Another tab brings a newer version: do not stand in its way.
    database.on_version_change(|event| {
        if let Some(database) = event.target().and_then(|target| target.dyn_into::<IdbDatabase>().ok()) {
            database.close();
        }
    });
    database.forget_callbacks();
    Ok(database)
}

impl Store for IndexedDb {
    fn get<'a>(&'a self, area: &'a str, key: &'a str) -> Pending<'a, Option<String>> {
        Box::pin(async move {
            let value = self.read(RECORDS, &record_key(area, key)).await?;
            Ok(value.and_then(|value| value.as_string()))
        })
    }

    fn put<'a>(&'a self, area: &'a str, key: &'a str, value: &'a str) -> Pending<'a, ()> {
        let key = JsValue::from_str(&record_key(area, key));
        let value = JsValue::from_str(value);
        Box::pin(async move { self.write(RECORDS, move |store| store.put(&value, Some(&key)).map(drop)).await })
    }

    fn delete<'a>(&'a self, area: &'a str, key: &'a str) -> Pending<'a, ()> {
        let key = JsValue::from_str(&record_key(area, key));
        Box::pin(async move { self.write(RECORDS, move |store| store.delete(key).map(drop)).await })
    }

    fn keys<'a>(&'a self, area: &'a str) -> Pending<'a, Vec<String>> {
        Box::pin(async move {
            let transaction = Transaction::from(self.begin(RECORDS, "readonly")?);
            let store = transaction.object_store(RECORDS).map_err(|e| failed(t!("store.be_read"), &e))?;
            let request = store.get_all_keys(None, None).map_err(|e| failed(t!("store.be_read"), &e))?;
            let keys = request.await.map_err(|e| failed(t!("store.be_read"), &e))?;
            let prefix = record_key(area, "");
            let own = |key: &JsValue| Some(key.as_string()?.strip_prefix(&prefix)?.to_owned());
            Ok(keys.iter().filter_map(own).collect())
        })
    }

    fn read_file<'a>(&'a self, path: &'a str) -> Pending<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            if let Some(opfs) = &self.opfs
                && let Some(bytes) = opfs.read(path).await?
            {
                return Ok(Some(bytes));
            }
            let kept = self.read(FILES, path).await?;
            Ok(kept.map(|bytes| Uint8Array::new(&bytes).to_vec()))
        })
    }

    fn file_size<'a>(&'a self, path: &'a str) -> Pending<'a, Option<f64>> {
        Box::pin(async move {
            if let Some(opfs) = &self.opfs
                && let Some(size) = opfs.size(path).await?
            {
                return Ok(Some(size));
            }
            let kept = self.read(FILES, path).await?;
            Ok(kept.map(|bytes| f64::from(Uint8Array::new(&bytes).length())))
        })
    }

    fn write_file<'a>(&'a self, path: &'a str, bytes: &'a [u8]) -> Pending<'a, ()> {
        Box::pin(async move {
            if let Some(opfs) = &self.opfs {
                return opfs.write(path, bytes).await;
            }
            let (key, bytes) = (JsValue::from_str(path), Uint8Array::from(bytes));
            self.write(FILES, move |store| store.put(&bytes, Some(&key)).map(drop)).await
        })
    }

    fn delete_file<'a>(&'a self, path: &'a str) -> Pending<'a, ()> {
        Box::pin(async move {
            if let Some(opfs) = &self.opfs {
                opfs.remove(path).await?;
            }
            let key = JsValue::from_str(path);
            self.write(FILES, move |store| store.delete(key).map(drop)).await
        })
    }
}

fn failed(doing: &str, error: &Error) -> StoreError {
    // The crate's own sentences name fifty cases; what the learner can act on is the browser's name for it.
    let value: &JsValue = match error {
        Error::AddFailed(value)
        | Error::DeleteFailed(value)
        | Error::GetAllKeysFailed(value)
        | Error::GetFailed(value)
        | Error::IndexedDbNotFound(value)
        | Error::IndexedDbOpenFailed(value)
        | Error::ObjectStoreNotFound(value)
        | Error::TransactionOpenFailed(value)
        | Error::UpdateFailed(value) => value,
        Error::DomException(exception) => exception,
        _ => &JsValue::UNDEFINED,
    };
    broken(doing, value)
}

fn broken(doing: &str, error: &JsValue) -> StoreError {
    let name = error.dyn_ref::<web_sys::DomException>().map(web_sys::DomException::name);
    StoreError::from_name(doing, &name.unwrap_or_else(|| t!("store.unknown_error").to_owned()))
}
