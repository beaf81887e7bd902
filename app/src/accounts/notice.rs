//! The privacy notice: what is kept about users and why. Creating an account means agreeing to it.

use domain::privacy::NOTICE_VERSION;
use leptos::prelude::*;

use crate::ui::PageHeader;
use crate::ui::pages::PageView;

/// The privacy notice, also for anonymous visitors.
pub struct PrivacyNoticePage;

impl PageView for PrivacyNoticePage {
    fn view() -> AnyView {
        view! {
            <div class="narrow">
                <div class="head">
                    <PageHeader title="Privacy notice" eyebrow=format!("Version {NOTICE_VERSION}")>
                        "What is kept, and why."
                    </PageHeader>
                </div>
                <section class="card prose">
                    <h2>"Kept"</h2>
                    <p>
                        "Your name, email address, time zone and units. A hash of your password. How your browser describes itself, a cookie that tells it apart from others, and, if this server has a map for it, the town you sign in from: for the list of devices, and to notify you of a new one. The runs, journal days (sleep, body, food, work and whatever else you log), goals, parts of the week and thresholds that you import or enter, sex and year of birth if you say them, and what Legwork computes from them."
                    </p>
                    <h2>"Why"</h2>
                    <p>"To show you your training and to find out what makes you faster. For nothing else. Nothing is sold, and no advertiser is involved."</p>
                    <h2>"Who sees it"</h2>
                    <p>
                        "You. Whoever runs this server can read what is on it. Coaches of organisations that you join see your name and email address. Coaches and others see what you choose to show of your activities; until you do, nothing."
                    </p>
                    <h2>"How long"</h2>
                    <p>
                        "As long as you have the account. What is known about a browser goes with its session, its cookie after four hundred days. An account whose address nobody confirms is removed after fourteen days, with everything in it; an email says so first. A deleted activity stays in the trash for thirty days. A deleted account waits thirty days, and is then removed with everything in it."
                    </p>
                    <h2>"Your rights"</h2>
                    <p>"Export everything as one archive, correct it, undo changes, delete it: all under Settings. Ask whoever runs this server about backups."</p>
                </section>
                <a class="btn" href="/">
                    "Back"
                </a>
            </div>
        }
        .into_any()
    }
}
