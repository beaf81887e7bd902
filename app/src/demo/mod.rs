//! The ground truth of the synthetic athlete, next to what discovery found.

use domain::access::Access;
use domain::discovery::PlantedEffect;
use leptos::prelude::*;

use crate::AppError;
use crate::json::Json;
use crate::ui::navigation::{Entry, Place};
use crate::ui::pages::{PageView, functions, pages};
use crate::ui::{Badge, Icon, PageHeader, await_page, reading};

pages! {
    demo, __preload_demo {
        "/demo/ground-truth" => GroundTruthPage, Access::Athlete,
    }
}

/// Links to the pages.
pub(crate) const NAVIGATION: &[Entry] = &[Entry::new(Place::Sidebar, "/demo/ground-truth", "Planted effects", Some(Icon::GroundTruth)).synthetic()];

functions! {
    GetGroundTruth => Access::Athlete, "{}",
}

/// Planted effects and findings, side by side; only for the synthetic account.
#[server(prefix = "/api", endpoint = "demo/ground-truth", input = Json, output = Json)]
pub async fn get_ground_truth() -> Result<Vec<PlantedEffect>, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    if !viewer.synthetic {
        return Err(to_app_error(platform::Error::not_found("page for a real athlete")));
    }
    let found = discovery::discovery(&mut tx, platform.features, domain::units::Units::default()).await.map_err(to_app_error)?;
    tx.commit().await.map_err(to_app_error)?;
    Ok(demo::compare(&found.report.map(|r| r.cards).unwrap_or_default()))
}

/// The ground truth.
pub struct GroundTruthPage;

impl PageView for GroundTruthPage {
    fn view() -> AnyView {
        await_page(reading(|| (), |()| get_ground_truth()), show).into_any()
    }
}

fn show(effects: Vec<PlantedEffect>) -> impl IntoView {
    // An effect that is not found is one thing, one that is claimed and does not exist another.
    let count = |planted: bool, agrees: bool| effects.iter().filter(|p| p.effect.is_some() == planted && p.agrees == agrees).count();
    let (found, lost, claimed, spared) = (count(true, true), count(true, false), count(false, false), count(false, true));
    let claimed =
        format!(", and claimed {} of the {} that do nothing.", if claimed == 0 { "none".to_owned() } else { claimed.to_string() }, claimed + spared);
    view! {
        <div class="head">
            <PageHeader title="Planted effects">
                "Discovery found " <mark>{format!("{found} of {}", found + lost)}</mark> {claimed}
            </PageHeader>
        </div>
        <p class="muted intro">
            "This athlete is made up, so here the truth is known. Six effects were planted; six inputs do nothing to efficiency, one of which makes runs feel harder. Discovery sees the same runs and the same journal as you do, and none of this list."
        </p>
        <div class="card flush">
            <table class="planted">
                <thead>
                    <tr>
                        <th>"Question"</th>
                        <th>"Planted"</th>
                        <th>"Discovery says"</th>
                        <th>"Agree"</th>
                    </tr>
                </thead>
                <tbody>
                    {effects
                        .into_iter()
                        .map(|p| {
                            let (kind, word) = if p.agrees { ("works", "yes") } else { ("costs", "no") };
                            let lag = match p.lag_days {
                                Some(0) => ", that day",
                                Some(_) => ", the next day",
                                None => "",
                            };
                            view! {
                                <tr>
                                    <td>{format!("{} → {}", p.input, domain::units::lowercase_label(&p.outcome))}</td>
                                    <td>{p.effect.map_or_else(|| "nothing".to_owned(), |e| format!("{e}{lag}"))}</td>
                                    <td class="muted">{p.found}</td>
                                    <td>
                                        <Badge kind=kind word=word />
                                    </td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
        <p class="muted small">
            "HRV, resting heart rate and efficiency all respond to the same nights. So discovery may rightly find that they move together, though none causes another. And now and then a supported finding is a chance hit: about one in sixteen, by its q. Confirmed ones rarely are."
        </p>
    }
}
