//! The HTML document around the app; rendered by the server only.

/// The files of the built site, by role, as `cargo xtask build` named them.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assets {
    /// The loader of the WebAssembly.
    pub js: String,
    /// The WebAssembly.
    pub wasm: String,
    /// Loads the chunks of the WebAssembly that pages need when they are opened.
    pub wasm_split_js: String,
    /// The stylesheet.
    pub css: String,
    /// Small script for what needs no WebAssembly: uploads, charts that somebody explores, the service worker.
    pub bootstrap_js: String,
    /// The chart library, loaded when a chart is opened.
    pub charts: String,
    /// Fonts, to be preloaded.
    pub fonts: Vec<String>,
    /// Set during development: pages poll the server's build id and reload when it changes.
    #[serde(default)]
    pub reload: bool,
}

#[cfg(feature = "ssr")]
mod shell {
    use leptos::nonce::use_nonce;
    use leptos::prelude::*;
    use leptos_meta::MetaTags;

    use super::Assets;
    use crate::App;
    use crate::ui::refused_form::page_of_refused_form;

    /// The script that starts the WebAssembly. A page can be read, and its forms can be sent, without it: so it waits until the page is painted, and
    /// competes for neither the network nor the processor with what that needs. A hidden page is never painted, and waits for nothing.
    fn boot(js: &str, link: &str, wasm: &str) -> String {
        format!(
            // The response to a refused form is the form's page; the URL becomes that page's before hydration.
            "const page = document.querySelector('meta[name=legwork-page]'); if (page) history.replaceState(null, '', page.content); \
             const painted = new Promise(painted => requestAnimationFrame(() => setTimeout(painted))); \
             if (!document.hidden) await Promise.race([painted, new Promise(late => setTimeout(late, 1000))]); \
             const wasm = fetch('{wasm}'); wasm.catch(() => {{}}); const [{{ default: start, hydrate }}] = await Promise.all([import('{js}'), import('{link}')]); \
             await start({{ module_or_path: wasm }}); await hydrate(); dispatchEvent(new Event('legwork:ready'));"
        )
    }

    /// The whole document.
    pub fn document(assets: &Assets) -> impl IntoView + use<> {
        let Assets { js, wasm, wasm_split_js, css, bootstrap_js, charts, fonts, reload } = assets.clone();
        let boot = boot(&js, &wasm_split_js, &wasm);
        let nonce = use_nonce();
        view! {
            <!DOCTYPE html>
            <html lang="en" data-theme=crate::server::theme() data-zone=crate::server::time_zone() data-units=crate::server::units().code()>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                    <meta name="description" content="Finds out what actually makes you faster." />
                    <meta name="theme-color" content="#faf8f4" media="(prefers-color-scheme: light)" />
                    <meta name="theme-color" content="#151412" media="(prefers-color-scheme: dark)" />
                    <meta name="legwork-charts" content=charts />
                    {page_of_refused_form().map(|page| view! { <meta name="legwork-page" content=page /> })}
                    {reload.then(|| view! { <meta name="legwork-reload" content="" /> })}
                    {fonts
                        .into_iter()
                        .map(|href| view! { <link rel="preload" href=href r#as="font" r#type="font/woff2" crossorigin="anonymous" /> })
                        .collect_view()}
                    <link rel="stylesheet" href=css />
                    <link rel="manifest" href="/manifest.webmanifest" />
                    <link rel="icon" href="/icons/icon.svg" r#type="image/svg+xml" />
                    <link rel="apple-touch-icon" href="/icons/icon-192.png" />
                    <script r#type="module" src=bootstrap_js nonce=nonce.clone()></script>
                    <script r#type="module" nonce=nonce>{boot}</script>
                    <MetaTags />
                </head>
                <body>
                    <App />
                </body>
            </html>
        }
    }
}

#[cfg(feature = "ssr")]
pub use shell::document;
