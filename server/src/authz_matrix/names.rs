//! What the names in addresses, bodies and rows stand for.

use std::collections::{BTreeSet, HashMap};

use platform::testing::{Meaning, fill, id};
use uuid::Uuid;

use crate::features::SAMPLES;

/// Whose values a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The victim's, with what only they know.
    Own,
    /// The victim's, by somebody who found out the ids.
    Victims,
    /// Those of something that does not exist.
    Nobodys,
}

/// What names stand for.
pub(super) struct Names {
    victim: Uuid,
    meanings: HashMap<&'static str, Meaning>,
}

impl Names {
    pub(super) fn new(victim: Uuid) -> Self {
        Self { victim, meanings: SAMPLES.iter().flat_map(|samples| samples.values.iter().cloned()).collect() }
    }

    /// Adds what is known only after the rows are there.
    pub(super) fn extend(&mut self, values: Vec<(&'static str, Meaning)>) {
        self.meanings.extend(values);
    }

    /// A text with the values of somebody.
    pub(super) fn fill(&self, text: &str, whose: Whose) -> String {
        fill(text, &|name| self.value(name, whose))
    }

    fn value(&self, name: &str, whose: Whose) -> String {
        match (self.meanings.get(name), whose) {
            (Some(Meaning::Plain(text)), _) | (Some(Meaning::Secret(text)), Whose::Own) => text.clone().into_owned(),
            (Some(Meaning::Secret(_)), _) => "a wrong guess".to_owned(),
            (Some(Meaning::Named(_, of_nobody)), Whose::Nobodys) => self.fill(of_nobody, whose),
            (Some(Meaning::Named(of_victim, _)), _) => self.fill(of_victim, whose),
            (None, _) if name == "victim" => self.victim.to_string(),
            (None, Whose::Nobodys) => id(&format!("nobody's {name}")).to_string(),
            (None, _) => id(name).to_string(),
        }
    }

    /// A text in which the values of these templates, whoever's they are, read the same.
    pub(super) fn without_ids(&self, text: &str, templates: &[&str]) -> String {
        let found = std::cell::RefCell::new(BTreeSet::from(["organisation".to_owned()]));
        for template in templates {
            fill(template, &|name| {
                found.borrow_mut().insert(name.to_owned());
                String::new()
            });
        }
        let text = text.replace(&self.victim.to_string(), "ID");
        found.into_inner().iter().fold(text, |text, name| {
            let ids = [Whose::Victims, Whose::Nobodys].map(|whose| self.value(name, whose));
            ids.iter().filter(|value| value.len() == 36).fold(text, |text, value| text.replace(value, "ID"))
        })
    }
}

#[test]
fn a_name_stands_for_its_value_or_for_an_id() {
    let names = Names::new(Uuid::nil());
    assert_eq!(names.fill("/journal/{day}", Whose::Nobodys), "/journal/2026-01-05");
    assert_eq!(names.fill("{\"a\": \"{import}\"}", Whose::Own), format!("{{\"a\": \"{}\"}}", id("import")));
    assert_ne!(names.fill("{import}", Whose::Victims), names.fill("{import}", Whose::Nobodys));
    assert_eq!(names.fill("{member}", Whose::Victims), Uuid::nil().to_string());
    assert_ne!(names.fill("{password}", Whose::Victims), names.fill("{password}", Whose::Own));
}
