//! Pages and server functions, their addresses, whom they are for, and the WebAssembly that they share.

use domain::access::Access;
use leptos::prelude::AnyView;

/// The address of a page, as the router writes it (`/journal/:day`), and whom the page is for.
pub type Page = (&'static str, Access);

/// A server function.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Its address.
    pub path: &'static str,
    /// Whom it is for.
    pub access: Access,
    /// The arguments that the tests of isolation send, as JSON: `{name}` stands for what the features' `testing::SAMPLES` say of it.
    #[cfg(feature = "testing")]
    pub arguments: &'static str,
}

/// A page that is loaded when it is opened.
pub trait PageView {
    /// What it shows.
    fn view() -> AnyView;
}

/// A feature's pages by their addresses and whom they are for, in groups whose code the browser loads together. Makes `FeatureRoutes` and `PAGES`,
/// for the list in `routes.rs`.
///
/// ```text
/// pages! {
///     journal_import, __preload_journal_import {
///         "/journal/import" => JournalImportPage, Access::Athlete,
///     }
///     journal, __preload_journal {
///         "/journal" => JournalPage, Access::Athlete,
///         "/journal/:day" => JournalDayPage, Access::Athlete,
///     }
/// }
/// ```
///
/// The first address that fits is shown, so `/journal/import` stands before `/journal/:day`. A group is named after its feature, which tells the
/// build what belongs together (`xtask/src/site/wasm.rs`). `leptos::lazy` calls the function that loads the code by a name that a declarative
/// macro cannot build.
macro_rules! pages {
    ($($group:ident, $preload:ident { $($path:tt => $page:ident, $access:expr,)* })*) => {
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

        /// The feature's pages, for the list of the app.
        pub(crate) const PAGES: &[$crate::ui::pages::Page] = &[$($(($path, $access),)*)*];

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

/// A feature's server functions, whom they are for, and arguments to test them with. Makes `FUNCTIONS`, for the list in `routes.rs`.
///
/// ```text
/// functions! {
///     GetDay => Access::Athlete, r#"{"day": "{day}"}"#,
/// }
/// ```
///
/// `#[server]` makes the type `GetDay` of the function `get_day`.
macro_rules! functions {
    ($($function:ty => $access:expr, $arguments:literal,)*) => {
        /// The feature's server functions, for the list of the app.
        pub(crate) const FUNCTIONS: &[$crate::ui::pages::Function] = &[$($crate::ui::pages::Function {
            path: <$function as ::leptos::server_fn::ServerFn>::PATH,
            access: $access,
            #[cfg(feature = "testing")]
            arguments: $arguments,
        },)*];
    };
}
pub(crate) use functions;
