//! Large files in the browser's private file system (OPFS).

use super::StoreError;
use crate::t;
use js_sys::{Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions, FileSystemGetFileOptions,
    FileSystemWritableFileStream,
};

/// A folder of our own in the origin's file system; other sites of the same origin do not meet it.
pub struct Opfs {
    folder: FileSystemDirectoryHandle,
}

impl Opfs {
    /// Opens the folder; `None` where the browser has no such file system, denies it, or cannot write to it.
    pub async fn open(folder: &str) -> Option<Self> {
        let promise = super::storage_manager()?;
        // Older browsers know the storage manager but not this call.
        let get: Function = Reflect::get(&promise, &"getDirectory".into()).ok()?.dyn_into().ok()?;
        let root = get.call0(&promise).ok()?.dyn_into::<Promise>().ok()?;
        let root: FileSystemDirectoryHandle = JsFuture::from(root).await.ok()?.dyn_into().ok()?;
        let options = FileSystemGetDirectoryOptions::new();
        options.set_create(true);
        let folder = JsFuture::from(root.get_directory_handle_with_options(folder, &options)).await.ok()?;
        let writes = Reflect::get(&js_sys::global(), &"FileSystemFileHandle".into())
            .and_then(|class| Reflect::get(&class, &"prototype".into()))
            .and_then(|prototype| Reflect::has(&prototype, &"createWritable".into()));
        (writes == Ok(true)).then_some(Self { folder: folder.dyn_into().ok()? })
    }

    /// A file's bytes; `None` where there is no such file.
    pub async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(file) = self.file(name).await? else { return Ok(None) };
        let buffer = JsFuture::from(file.array_buffer()).await.map_err(|e| failed(t!("store.read_file"), &e))?;
        Ok(Some(Uint8Array::new(&buffer).to_vec()))
    }

    /// A file's size in bytes; `None` where there is no such file.
    pub async fn size(&self, name: &str) -> Result<Option<f64>, StoreError> {
        Ok(self.file(name).await?.map(|file| file.size()))
    }

    async fn file(&self, name: &str) -> Result<Option<File>, StoreError> {
        let handle = match JsFuture::from(self.folder.get_file_handle(&flat(name))).await {
            Ok(handle) => handle.unchecked_into::<FileSystemFileHandle>(),
            Err(error) if name_of(&error) == "NotFoundError" => return Ok(None),
            Err(error) => return Err(failed(t!("store.read_file"), &error)),
        };
        let file = JsFuture::from(handle.get_file()).await.map_err(|e| failed(t!("store.read_file"), &e))?;
        Ok(Some(file.unchecked_into()))
    }

    /// Writes a file. The browser swaps it in on closing, so a crash leaves the older one.
    pub async fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let result = self.write_whole(&flat(name), bytes).await;
        result.map_err(|e| failed(t!("store.write_file"), &e))
    }

    async fn write_whole(&self, name: &str, bytes: &[u8]) -> Result<(), JsValue> {
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        let handle = JsFuture::from(self.folder.get_file_handle_with_options(name, &options)).await?;
        let handle: FileSystemFileHandle = handle.unchecked_into();
        let stream = JsFuture::from(handle.create_writable()).await?;
        let stream: FileSystemWritableFileStream = stream.unchecked_into();
        // The stream gets a buffer of its own: the program's memory may move while it writes.
        let written = match stream.write_with_buffer_source(&Uint8Array::from(bytes)) {
            Ok(promise) => JsFuture::from(promise).await,
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            // The swap file goes; the error that matters is the one of the write.
            let _ = JsFuture::from(stream.abort()).await;
            return Err(error);
        }
        JsFuture::from(stream.close()).await.map(drop)
    }

    /// Removes a file; it need not exist.
    pub async fn remove(&self, name: &str) -> Result<(), StoreError> {
        match JsFuture::from(self.folder.remove_entry(&flat(name))).await {
            Err(error) if name_of(&error) != "NotFoundError" => Err(failed(t!("store.delete_file"), &error)),
            _ => Ok(()),
        }
    }
}

/// Paths become plain names: one folder is enough.
fn flat(path: &str) -> String {
    path.replace('/', "~")
}

fn name_of(error: &JsValue) -> String {
    Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
}

fn failed(doing: &str, error: &JsValue) -> StoreError {
    StoreError::from_name(doing, &name_of(error))
}
