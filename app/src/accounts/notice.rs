//! What is kept about people and why: the words that an account is made under.

use domain::privacy::NOTICE_VERSION;
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use crate::ui::PageHeader;

/// The privacy notice, for anybody.
pub struct NoticePage;

#[lazy_route]
impl LazyRoute for NoticePage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! {
            <div class="narrow">
                <div class="head">
                    <PageHeader title="Your data" over=format!("Version {NOTICE_VERSION}")>
                        "What is kept, and why."
                    </PageHeader>
                </div>
                <section class="card prose">
                    <h2>"Kept"</h2>
                    <p>
                        "Your name, address and time zone. A hash of your password. What your browser says of itself, a mark that tells it from others, and the town that you sign in from where this server has a map for it, for the list of devices and to tell you of one that is new. The runs, days and values that you bring or write down, and what Legwork computes from them."
                    </p>
                    <h2>"Why"</h2>
                    <p>"To show you your training and to find out what makes you faster. For nothing else. Nothing is sold, and no advertiser is asked."</p>
                    <h2>"Who sees it"</h2>
                    <p>
                        "You. Whoever runs this server can read what is on it. Coaches of organisations that you join see your name and address. Of your activities, coaches and others see what you show to them; until you do, that is nothing."
                    </p>
                    <h2>"How long"</h2>
                    <p>
                        "As long as you have the account. What is known of a browser goes with its session, its mark after four hundred days. An account whose address nobody confirms is removed after fourteen days, with everything in it; a letter says so before. A deleted activity stays in the bin for thirty days. A deleted account waits thirty days, and is then removed with everything in it."
                    </p>
                    <h2>"Your say"</h2>
                    <p>"Everything can be taken along as one archive, corrected, undone, and deleted, all under Settings. Ask whoever runs this server about backups."</p>
                </section>
                <a class="btn" href="/">
                    "Back"
                </a>
            </div>
        }
        .into_any()
    }
}
