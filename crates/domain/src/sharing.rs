//! What others see of an activity: which parts, and where its route begins and ends for them.

use std::ops::Range;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::activities::{Series, Split, Summary};

/// Radii that can be chosen for a home zone, in metres.
pub const RADII_M: [u32; 4] = [200, 500, 1000, 2000];
/// Metres of a degree of latitude.
const DEGREE_M: f64 = 111_195.0;

/// Who sees a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Only the athlete.
    #[default]
    Me,
    /// Coaches and owners of the athlete's organisations.
    Organisation,
    /// Whoever has the link.
    Everybody,
}

impl Audience {
    /// All of them, the smallest first.
    pub const ALL: [Self; 3] = [Self::Me, Self::Organisation, Self::Everybody];

    /// As it stands in the database and in forms.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Me => "me",
            Self::Organisation => "organisation",
            Self::Everybody => "everybody",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Me => "Only me",
            Self::Organisation => "My organisations’ coaches",
            Self::Everybody => "Everybody",
        }
    }

    /// The audience of a key; what is not known is only the athlete.
    #[must_use]
    pub fn parse(key: &str) -> Self {
        Self::ALL.into_iter().find(|a| a.key() == key).unwrap_or_default()
    }
}

/// Who sees which part of an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Sharing {
    /// Times, distance, pace.
    pub training: Audience,
    /// Where it was.
    pub map: Audience,
    /// How the heart went.
    pub heart_rate: Audience,
}

impl Sharing {
    /// What an audience sees; nothing when training is not for it.
    #[must_use]
    pub fn to(self, audience: Audience) -> Option<Parts> {
        let seen = |part: Audience| part == Audience::Everybody || (part == audience && audience != Audience::Me);
        seen(self.training).then(|| Parts { map: seen(self.map), heart_rate: seen(self.heart_rate) })
    }
}

/// What somebody sees of an activity beside times, distance and pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// Route and altitude.
    pub map: bool,
    /// How the heart went, and what is computed from it.
    pub heart_rate: bool,
}

/// An activity as somebody else sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shared {
    /// Whose it is.
    pub athlete: String,
    /// Whether all of it is made up.
    pub synthetic: bool,
    /// For the athlete, who looks at what this audience sees.
    pub preview: Option<Audience>,
    /// What of it is shown.
    pub parts: Parts,
    /// The numbers, of what is shown alone.
    pub summary: Summary,
    /// Kilometres.
    pub splits: Vec<Split>,
    /// For charts and route.
    pub series: Series,
}

/// What an athlete shows of their training to somebody, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SharedPage {
    /// Whose it is.
    pub athlete: String,
    /// Whether all of it is made up.
    pub synthetic: bool,
    /// What of it is shown.
    pub parts: Parts,
    /// At most [`SHARED_PAGE_SIZE`] of them.
    pub items: Vec<Summary>,
    /// Counted from 1.
    pub number: u32,
    /// Whether there are older ones.
    pub more: bool,
}

/// Activities on a page of what somebody shows. Each is computed anew from what may be seen, so they are few.
pub const SHARED_PAGE_SIZE: u32 = 10;

/// A place around which nobody else sees a route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HomeZone {
    /// For removing it.
    pub id: Uuid,
    /// As the athlete calls it.
    pub name: String,
    /// Degrees north of its middle, which is moved a little.
    pub latitude_deg: f64,
    /// Degrees east of its middle.
    pub longitude_deg: f64,
    /// Metres.
    pub radius_m: f64,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

impl HomeZone {
    /// Whether a place lies in it.
    #[must_use]
    pub fn holds(&self, latitude_deg: f64, longitude_deg: f64) -> bool {
        let north = (latitude_deg - self.latitude_deg) * DEGREE_M;
        let east = (longitude_deg - self.longitude_deg) * DEGREE_M * self.latitude_deg.to_radians().cos();
        north.hypot(east) <= self.radius_m
    }
}

/// Moves a place by up to half the radius; `turn` and `reach` are random, from 0 to 1. The place stays well inside.
#[must_use]
pub fn moved(latitude_deg: f64, longitude_deg: f64, radius_m: f64, turn: f64, reach: f64) -> (f64, f64) {
    // The square root spreads places evenly over the disc.
    let (angle, far) = (turn * std::f64::consts::TAU, reach.sqrt() * radius_m / 2.0);
    let north = far * angle.cos() / DEGREE_M;
    let east = far * angle.sin() / (DEGREE_M * latitude_deg.to_radians().cos().max(0.01));
    ((latitude_deg + north).clamp(-90.0, 90.0), (longitude_deg + east).clamp(-180.0, 180.0))
}

/// Which points of a route others see: without its head where it begins in a zone, and without its tail where it ends in one. A zone
/// that is only passed leaves no hole, which would point at it. Points without a place are `NaN`.
#[must_use]
pub fn outside(points: &[(f64, f64)], zones: &[HomeZone]) -> Range<usize> {
    let known = |p: &(f64, f64)| p.0.is_finite() && p.1.is_finite();
    let inside = |p: &(f64, f64)| zones.iter().any(|z| z.holds(p.0, p.1));
    let end = |mut places: Box<dyn Iterator<Item = (usize, &(f64, f64))> + '_>| {
        let (_, first) = places.find(|(_, p)| known(p))?;
        if inside(first) { places.find(|(_, p)| known(p) && !inside(p)).map(|(i, _)| Some(i)) } else { Some(None) }
    };
    // Three cases each: no place at all or nothing but inside; begins outside; begins inside.
    let Some(head) = end(Box::new(points.iter().enumerate())) else { return if points.iter().any(known) { 0..0 } else { 0..points.len() } };
    let Some(tail) = end(Box::new(points.iter().enumerate().rev())) else { return 0..0 };
    head.unwrap_or(0)..tail.map_or(points.len(), |i| i + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(latitude_deg: f64, radius_m: f64) -> HomeZone {
        HomeZone { id: Uuid::nil(), name: "home".into(), latitude_deg, longitude_deg: 3.2, radius_m, created_at: DateTime::default() }
    }

    /// A straight line north, a point every eleven metres.
    fn line(from: f64, points: usize) -> Vec<(f64, f64)> {
        (0..points).map(|i| (from + i as f64 * 0.0001, 3.2)).collect()
    }

    #[test]
    fn head_and_tail_go_and_the_middle_stays() {
        let route = line(55.9, 200);
        let seen = outside(&route, &[zone(55.9, 500.0)]);
        assert_eq!(seen, 45..200, "500 m are 44.97 steps");
        let both = outside(&route, &[zone(55.9, 500.0), zone(route[199].0, 200.0)]);
        assert_eq!(both, 45..182);
        assert_eq!(outside(&route, &[zone(route[100].0, 200.0)]), 0..200, "a zone that is passed leaves no hole");
        assert_eq!(outside(&route, &[]), 0..200);
        assert_eq!(outside(&route, &[zone(55.91, 5000.0)]), 0..0, "nothing but home");
        let loop_home: Vec<_> = route.iter().chain(route.iter().rev()).copied().collect();
        assert_eq!(outside(&loop_home, &[zone(55.9, 500.0)]), 45..355);
    }

    #[test]
    fn an_audience_sees_what_is_for_it_or_for_everybody() {
        let sharing = Sharing { training: Audience::Organisation, map: Audience::Me, heart_rate: Audience::Everybody };
        assert_eq!(sharing.to(Audience::Organisation), Some(Parts { map: false, heart_rate: true }));
        assert_eq!(sharing.to(Audience::Everybody), None, "nothing without the training itself");
        assert_eq!(Sharing::default().to(Audience::Me), None, "the athlete has pages of their own");
    }

    #[test]
    fn points_without_a_place_at_home_go_too() {
        let mut route = line(55.9, 200);
        route[0].0 = f64::NAN;
        route[1].1 = f64::NAN;
        assert_eq!(outside(&route, &[zone(55.9, 500.0)]), 45..200);
        let indoors = vec![(f64::NAN, f64::NAN); 10];
        assert_eq!(outside(&indoors, &[zone(55.9, 500.0)]), 0..10, "nothing to hide");
        assert_eq!(outside(&[], &[zone(55.9, 500.0)]), 0..0);
    }

    #[test]
    fn a_moved_middle_still_covers_the_door() {
        for step in 0..100 {
            let (turn, reach) = (f64::from(step) / 100.0, f64::from(step * 37 % 100) / 99.0);
            let (latitude_deg, longitude_deg) = moved(55.9, 3.2, 500.0, turn, reach);
            let zone = HomeZone { latitude_deg, longitude_deg, ..zone(0.0, 500.0) };
            assert!(zone.holds(55.9, 3.2));
            let near = HomeZone { radius_m: 252.0, ..zone };
            assert!(near.holds(55.9, 3.2), "no further than half the radius");
        }
    }
}
