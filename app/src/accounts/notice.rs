//! The privacy notice: what is kept about users and why. Creating an account means agreeing to it.

use domain::privacy::NOTICE_VERSION;
use leptos::prelude::*;

use crate::ui::PageHeader;
use crate::ui::pages::PageView;

/// What does not stay as long as the account, and until when. A test of the server compares it with what the features declare.
const KEPT: [(&str, &str); 14] = [
    ("A deleted activity, in the trash", "thirty days"),
    ("Edits, so that you can undo them", "a year; of something that you deleted, thirty days after that"),
    ("What undoes an edit of several activities at once", "a day"),
    ("Files that could not be imported, for another try", "thirty days"),
    ("Exports", "seven days; cancelled ones, a week"),
    ("Sessions", "until you sign out, thirty days without use, or 180 days"),
    ("The cookie by which a browser is known, and what is known about the browser", "400 days without use, or until you have a new password"),
    ("Links and codes in emails", "an hour to three days, or until they are used"),
    ("Passkey sign-ins that were not finished", "five minutes"),
    ("Invitations to organisations", "fourteen days, or until they are used"),
    ("API tokens", "until you revoke them, or the day that you chose"),
    ("Uploads that nobody goes on with, and answers to programs that may repeat a request", "one to two days"),
    ("Events, by which one part of Legwork tells another that something changed", "a week"),
    ("What ran in the background", "thirty days if it failed for good; that your activities were computed anew, ninety days"),
];

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
                        "Your name, email address, time zone and units. A hash of your password. How your browser describes itself, a cookie that tells it apart from others, and, if this server has a map for it, the town you sign in from: for the list of devices, and to notify you of a new one. The runs, journal days (sleep, body, food, work and whatever else you log), goals, parts of the week, planned sessions, courses of races and thresholds that you import or enter, how activities felt and whether findings helped if you say so, sex and year of birth if you say them, and what Legwork computes from them."
                    </p>
                    <h2>"Why"</h2>
                    <p>"To show you your training and to find out what makes you faster. For nothing else. Nothing is sold, and no advertiser is involved."</p>
                    <h2>"Who sees it"</h2>
                    <p>
                        "You. Whoever runs this server can read what is on it. Coaches of organisations that you join see your name and email address. Coaches and others see what you choose to show of your activities; until you do, nothing."
                    </p>
                    <h2>"How long"</h2>
                    <p>
                        "What you import and enter, and what is computed from it: until you delete it, or the account. A deleted account waits thirty days, and is then removed with everything in it. An account whose address nobody confirms is removed after fourteen days if it has nothing in it; an email says so first. With anything in it, it stays."
                    </p>
                    <ul>{KEPT.iter().map(|(what, until)| view! { <li>{format!("{what}: {until}.")}</li> }).collect_view()}</ul>
                    <p>
                        "What outlives the account is the security log, as long as this server does. It says that a password, an address, a role or a way to sign in was changed, or that an export or a deletion was asked for, and when; once the account is removed, not whose."
                    </p>
                    <h2>"Your rights"</h2>
                    <p>"Export everything as one archive, correct it, undo changes, delete it: all under Settings. Ask whoever runs this server about backups."</p>
                    <h2>"The program"</h2>
                    <p>
                        "Legwork is free software under the GNU Affero General Public License, version 3. Copyright (C) 2026 the Legwork authors. Here are "
                        <a href="/source" rel="external">
                            "its source code"
                        </a> " and " <a href="/third-party.txt" rel="external">
                            "the notices of what others made"
                        </a> "."
                    </p>
                </section>
                <a class="btn" href="/">
                    "Back"
                </a>
            </div>
        }
        .into_any()
    }
}
