//! Step two: bring what is there.

use domain::onboarding::Step;
use leptos::prelude::*;

use super::frame::{FORM, Frame};
use crate::imports::{LatestImport, UploadForm};
use crate::ui::pages::PageView;

/// The step.
pub struct ImportStepPage;

impl PageView for ImportStepPage {
    fn view() -> AnyView {
        view! {
            <Frame
                step=Step::Import
                question="Bring what you have."
                sub="Files from any watch, or the archive your old app owes you. Nothing leaves this server."
            >
                <UploadForm next=Step::Import.path() at_once=true />
                <LatestImport />
                <p class="tiny">
                    "Coming from another Legwork? " <a href="/settings/privacy">"Import its archive"</a> " first: it goes into an account without training."
                </p>
                <form id=FORM method="post" action="/welcome/import"></form>
            </Frame>
        }
        .into_any()
    }
}
