//! What is kept about people and why: the words that an account is made under.

use domain::privacy::NOTICE_VERSION;
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use crate::ui::Head;

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
                    <Head title="Your data" over=format!("Version {NOTICE_VERSION}")>
                        "What is kept, and why."
                    </Head>
                </div>
                <section class="card prose">
                    <h2>"Kept"</h2>
                    <p>
                        "Your name, address and time zone. A hash of your password. What your browser says of itself, for the list of devices. The runs, days and values that you bring or write down, and what Legwork computes from them."
                    </p>
                    <h2>"Why"</h2>
                    <p>"To show you your training and to find out what makes you faster. For nothing else. Nothing is sold, and no advertiser is asked."</p>
                    <h2>"Who sees it"</h2>
                    <p>
                        "You. Whoever runs this server can read what is on it. Organisations that you join see your name and address, not your training."
                    </p>
                    <h2>"How long"</h2>
                    <p>
                        "As long as you have the account. A deleted activity stays in the bin for thirty days. A deleted account waits thirty days, and is then removed with everything in it."
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
