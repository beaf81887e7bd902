//! Name and time zone.

use domain::RefusedForm;
use domain::accounts::Profile;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::AppError;
use crate::json::Json;
use crate::ui::{Field, validate};

/// The initial values of the form.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Current {
    profile: Profile,
    /// The time zones to choose from.
    zones: Vec<String>,
}

/// The viewer's profile.
#[server(prefix = "/api", endpoint = "settings/profile", input = Json, output = Json)]
pub async fn get_profile() -> Result<Current, AppError> {
    let viewer = crate::server::current_user()?;
    let zones = platform::clock::time_zones().into_iter().map(str::to_owned).collect();
    Ok(Current { profile: Profile { name: viewer.name, time_zone: viewer.time_zone }, zones })
}

/// The form, with the typed values if it was refused.
pub fn show(current: Current, form: &RefusedForm) -> impl IntoView + use<> {
    let Current { profile: own, zones } = current;
    let name = form.typed("name").map_or(own.name, str::to_owned);
    let zone = form.typed("time_zone").map_or(own.time_zone, str::to_owned);
    let zone_error = form.error("time_zone");
    view! {
           <form class="card form" method="post" action="/settings/profile" data-validated="" on:submit:capture=validate(|typed| Profile::parse(typed.text("name"), typed.text("time_zone"), |zone| !zone.is_empty()))>
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
                       "Decides when your days begin and end. Runs recorded without a time zone are dated in it, old ones included."
                   </span>
                   {zone_error.map(|sentence| view! { <span class="field-error" id="time_zone-error" role="alert">{sentence}</span> })}
               </div>
               <button class="btn primary" r#type="submit">
                   "Save"
               </button>
           </form>
       }
}

/// Time zones grouped by region, and whether each is the chosen one, which is always among them.
fn by_region(mut zones: Vec<String>, chosen: &str) -> Vec<(String, Vec<(String, bool)>)> {
    if !zones.iter().any(|zone| zone == chosen) {
        zones.push(chosen.to_owned());
    }
    let mut regions: Vec<(String, Vec<(String, bool)>)> = Vec::new();
    for zone in zones {
        let region = zone.split_once('/').map_or("Other", |(region, _)| region).to_owned();
        let option = (zone.clone(), zone == chosen);
        match regions.iter_mut().find(|(known, _)| *known == region) {
            Some((_, options)) => options.push(option),
            None => regions.push((region, vec![option])),
        }
    }
    regions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_current_time_zone_can_always_be_chosen() {
        let zones = || ["Asia/Tokyo", "Europe/Berlin", "Europe/Paris", "UTC"].map(str::to_owned).to_vec();
        let regions: Vec<_> = by_region(zones(), "Europe/Paris").into_iter().map(|(region, options)| (region, options.len())).collect();
        assert_eq!(regions, [("Asia".to_owned(), 1), ("Europe".to_owned(), 2), ("Other".to_owned(), 1)]);
        let chosen = |own: &str| by_region(zones(), own).into_iter().flat_map(|(_, options)| options).filter(|(_, own)| *own).collect::<Vec<_>>();
        assert_eq!(chosen("Europe/Paris"), [("Europe/Paris".to_owned(), true)]);
        assert_eq!(chosen("US/Pacific"), [("US/Pacific".to_owned(), true)]);
    }
}
