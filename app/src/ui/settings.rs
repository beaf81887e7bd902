//! The layout of the settings: their list beside the page on a desk, a menu above it on a phone.

use leptos::prelude::*;

use super::navigation;
use super::shell::ViewerResource;
use super::states::await_section;

/// A page of the settings, whichever feature it is of.
#[component]
pub fn SettingsLayout(
    /// The page.
    children: Children,
) -> impl IntoView {
    let viewer = expect_context::<ViewerResource>().0;
    let list = |viewer: &domain::accounts::Viewer| view! { <ul>{navigation::settings(viewer)}</ul> };
    view! {
        <div class="settings">
            <div class="settings-list">
                {await_section(
                    viewer,
                    move |viewer| {
                        viewer
                            .map(|viewer| {
                                view! {
                                    <nav class="settings-side" aria-label="Settings">
                                        {list(&viewer)}
                                    </nav>
                                    <details class="settings-menu">
                                        <summary class="btn">"All settings"</summary>
                                        <nav aria-label="Settings">{list(&viewer)}</nav>
                                    </details>
                                }
                            })
                    },
                )}
            </div>
            <div class="settings-page">{children()}</div>
        </div>
    }
}
