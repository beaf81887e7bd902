//! What the account is called, and where its days begin and end.

use domain::RefusedForm;
use domain::accounts::Profile;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::AppError;
use crate::json::Json;
use crate::ui::Field;

/// What the form begins with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Current {
    profile: Profile,
    /// The time zones to choose from.
    zones: Vec<String>,
}

/// The viewer's own.
#[server(prefix = "/api", endpoint = "settings/profile", input = Json, output = Json)]
pub async fn get_profile() -> Result<Current, AppError> {
    let viewer = crate::server::current_user()?;
    let zones = platform::clock::time_zones().into_iter().map(str::to_owned).collect();
    Ok(Current { profile: Profile { name: viewer.name, time_zone: viewer.time_zone }, zones })
}

/// The form, perhaps as it was refused.
pub fn show(current: Current, form: &RefusedForm) -> impl IntoView + use<> {
    let Current { profile: own, zones } = current;
    let name = form.typed("name").map_or(own.name, str::to_owned);
    let zone = form.typed("time_zone").map_or(own.time_zone, str::to_owned);
    let zone_error = form.error("time_zone");
    view! {
           <form class="card form" method="post" action="/settings/profile">
               <h2>"You"</h2>
               <Field name="name" label="Name" value=name error=form.error("name") />
               <div class="field">
                   <label for="field-time_zone">"Time zone"</label>
                   <select
    id="field-time_zone" name="time_zone" aria-invalid=zone_error.as_ref().map(|_| "true") aria-describedby="time_zone-error time_zone-hint">
                       {by_region(zones, &zone)
                           .into_iter()
                           .map(|(region, zones)| {
                               let options = zones
                                   .into_iter()
                                   .map(|(zone, chosen)| {
                                       view! {
                                           <option value=zone.clone() selected=chosen>
                                               {zone.replace('_', " ")}
                                           </option>
                                       }
                                   })
                                   .collect_view();
                               view! { <optgroup label=region>{options}</optgroup> }
                           })
                           .collect_view()}
                   </select>
                   <span class="hint" id="time_zone-hint">
                       "Where your days begin and end. Runs whose recording names no time zone are dated in it, old ones too."
                   </span>
                   {zone_error.map(|sentence| view! { <span class="field-error" id="time_zone-error" role="alert">{sentence}</span> })}
               </div>
               <button class="btn primary" r#type="submit">
                   "Save"
               </button>
           </form>
       }
}

/// Zones under the region that they begin with, and whether each is the chosen one, which is always among them.
fn by_region(mut zones: Vec<String>, chosen: &str) -> Vec<(String, Vec<(String, bool)>)> {
    if !zones.iter().any(|zone| zone == chosen) {
        zones.push(chosen.to_owned());
    }
    let mut regions: Vec<(String, Vec<(String, bool)>)> = Vec::new();
    for zone in zones {
        let region = zone.split_once('/').map_or("Other", |(region, _)| region).to_owned();
        let line = (zone.clone(), zone == chosen);
        match regions.iter_mut().find(|(known, _)| *known == region) {
            Some((_, lines)) => lines.push(line),
            None => regions.push((region, vec![line])),
        }
    }
    regions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_zone_is_always_to_choose() {
        let zones = || ["Asia/Tokyo", "Europe/Berlin", "Europe/Paris", "UTC"].map(str::to_owned).to_vec();
        let regions: Vec<_> = by_region(zones(), "Europe/Paris").into_iter().map(|(region, lines)| (region, lines.len())).collect();
        assert_eq!(regions, [("Asia".to_owned(), 1), ("Europe".to_owned(), 2), ("Other".to_owned(), 1)]);
        let chosen = |own: &str| by_region(zones(), own).into_iter().flat_map(|(_, lines)| lines).filter(|(_, own)| *own).collect::<Vec<_>>();
        assert_eq!(chosen("Europe/Paris"), [("Europe/Paris".to_owned(), true)]);
        assert_eq!(chosen("US/Pacific"), [("US/Pacific".to_owned(), true)]);
    }
}
