// Loads the code of pages when they are opened. A bundle is a file of several WebAssembly modules, each after its length: they share the memory and the
// table of the main module, and nothing else.
import { initSync } from "@main";

let imports;
function sharedImports() {
  if (!imports) {
    const { @shared } = initSync(undefined, undefined);
    imports = { __wasm_split: { @shared } };
  }
  return imports;
}

async function instantiate(file) {
  const response = await fetch(new URL(file, import.meta.url));
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  const bytes = await response.arrayBuffer();
  const view = new DataView(bytes);
  const modules = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const length = view.getUint32(at, true);
    modules.push(WebAssembly.instantiate(new Uint8Array(bytes, at + 4, length), sharedImports()));
    at += 4 + length;
  }
  await Promise.all(modules);
}

const loading = new Map();
// One that failed is fetched again the next time it is needed.
function load(file) {
  if (!loading.has(file)) {
    const bundle = instantiate(file);
    bundle.catch(() => loading.delete(file));
    loading.set(file, bundle);
  }
  return loading.get(file);
}

const pages = (...files) => async (callback, data) => {
  let success = true;
  try {
    await Promise.all(files.map(load));
  } catch (error) {
    console.error(error);
    success = false;
  }
  sharedImports().__wasm_split.__indirect_function_table.get(callback)(data, success);
};

