//! Pages, their addresses, and the WebAssembly that they share.

use leptos::prelude::AnyView;

/// A page that is loaded when it is opened.
pub trait PageView {
    /// What it shows.
    fn view() -> AnyView;
}

/// A feature's pages by their addresses, in groups whose code the browser loads together. Makes `FeatureRoutes`, for the list in `routes.rs`.
///
/// ```text
/// pages! {
///     journal_import, __preload_journal_import {
///         "/journal/import" => JournalImportPage,
///     }
///     journal, __preload_journal {
///         "/journal" => JournalPage,
///         "/journal/:day" => JournalDayPage,
///     }
/// }
/// ```
///
/// The first address that fits is shown, so `/journal/import` stands before `/journal/:day`. A group is named after its feature, which tells the
/// build what belongs together (`xtask/src/site/wasm.rs`). `leptos::lazy` calls the function that loads the code by a name that a declarative
/// macro cannot build.
macro_rules! pages {
    ($($group:ident, $preload:ident { $($path:tt => $page:ident,)* })*) => {
        $(
            #[::leptos::lazy]
            fn $group(path: &'static str) -> ::leptos::prelude::AnyView {
                match path {
                    $($path => <$page as $crate::ui::pages::PageView>::view(),)*
                    _ => ::leptos::prelude::IntoAny::into_any(()),
                }
            }

            $(
                impl ::leptos_router::LazyRoute for $page {
                    fn data() -> Self {
                        Self
                    }

                    async fn view(_this: Self) -> ::leptos::prelude::AnyView {
                        $group($path).await
                    }

                    async fn preload() {
                        #[cfg(target_arch = "wasm32")]
                        $preload().await;
                    }
                }
            )*
        )*

        /// The feature's pages, for the routes of the app.
        #[::leptos::component(transparent)]
        pub fn FeatureRoutes() -> impl ::leptos_router::MatchNestedRoutes + Clone {
            use ::leptos::prelude::*;
            use ::leptos_router::any_nested_route::IntoAnyNestedRoute;
            use ::leptos_router::components::Route;
            use ::leptos_router::{Lazy, SsrMode, path};
            // Pages are rendered completely before the first byte: they read without JavaScript.
            view! { $($(<Route path=path!($path) view={Lazy::<$page>::new()} ssr=SsrMode::Async />)*)* }.into_inner().into_any_nested_route()
        }
    };
}
pub(crate) use pages;
