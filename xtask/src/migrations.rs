//! Migrations are checked by squawk's rules: a long table lock or a destructive step needs a written reason.

use std::fs;

use squawk_linter::{Linter, LinterSettings, Rule, Violation};
use squawk_syntax::SourceFile;

use crate::run::{Outcome, root};

/// Earlier ones were applied before there was a linter, and an applied migration is never changed.
const FIRST: u32 = 6;

/// Rules on locks, rewrites, renames and destructive steps. Style rules are left out.
const RULES: [Rule; 23] = [
    Rule::RequireConcurrentIndexCreation,
    Rule::RequireConcurrentIndexDeletion,
    Rule::ConstraintMissingNotValid,
    Rule::AddingFieldWithDefault,
    Rule::AddingForeignKeyConstraint,
    Rule::ChangingColumnType,
    Rule::AddingNotNullableField,
    Rule::AddingSerialPrimaryKeyField,
    Rule::AddingRequiredField,
    Rule::RenamingColumn,
    Rule::RenamingTable,
    Rule::DisallowedUniqueConstraint,
    Rule::BanDropDatabase,
    Rule::BanDropColumn,
    Rule::BanDropTable,
    Rule::BanDropNotNull,
    Rule::BanDropConstraint,
    Rule::BanDropFunction,
    Rule::BanDropIndex,
    Rule::BanDropPolicy,
    Rule::BanAlterPolicyCondition,
    Rule::BanTruncateCascade,
    Rule::RequireEnumValueOrdering,
];

/// Every migration from the first one that is checked.
pub(crate) fn lint() -> Outcome {
    println!("· migrations");
    let mut found = Vec::new();
    let mut files: Vec<_> = fs::read_dir(root().join("migrations")).map_err(|e| e.to_string())?.flatten().map(|f| f.path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "sql"));
    files.sort();
    for path in files {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let number: u32 = name.split('_').next().and_then(|n| n.parse().ok()).ok_or_else(|| format!("{name} has no number"))?;
        if number >= FIRST {
            let sql = fs::read_to_string(&path).map_err(|e| e.to_string())?;
            found.extend(faults(&sql).into_iter().map(|fault| format!("migrations/{name}: {fault}")));
        }
    }
    if found.is_empty() { Ok(()) } else { Err(found.join("\n")) }
}

/// What is wrong with a migration, one line each.
fn faults(sql: &str) -> Vec<String> {
    let mut found = Vec::new();
    let head: String = sql.lines().take_while(|l| l.starts_with("--")).collect();
    if !head.contains("Locks") {
        found.push("its header does not say what it locks, and for how long (“-- Locks …”)".to_owned());
    }
    for (i, line) in sql.lines().enumerate() {
        let Some((_, ignored)) = line.split_once("squawk-ignore") else { continue };
        let reason = ignored.split_once(" -- ").map_or(0, |(_, reason)| reason.split_whitespace().count());
        if reason < 3 {
            found.push(format!("line {}: an exception needs its reason: `-- squawk-ignore RULE -- because …`", i + 1));
        }
    }
    let file = SourceFile::parse(sql);
    let mut linter = Linter::from(RULES);
    linter.settings = LinterSettings { assume_in_transaction: true, ..LinterSettings::default() };
    found.extend(linter.lint(&file, sql).iter().map(|v| message(sql, v)));
    found
}

fn message(sql: &str, violation: &Violation) -> String {
    let line = sql[..usize::from(violation.text_range.start())].lines().count();
    format!("line {line}: {} ({})", violation.message, violation.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "-- What it is for.\n-- Locks nothing.\n";

    #[test]
    fn what_locks_or_destroys_needs_a_reason() {
        for unsafe_step in [
            "alter table activities drop column title;",
            "drop table activities;",
            "alter table activities alter column title type varchar(9);",
            "alter table activities rename column title to name;",
            "create index on activities (title);",
            "alter table activities add column x int not null;",
            "alter table activities add constraint c check (distance_m > 0);",
        ] {
            let sql = format!("{HEAD}{unsafe_step}\n");
            let found = faults(&sql);
            assert_eq!(found.len(), 1, "{unsafe_step}: {found:?}");
            let rule = found[0].rsplit_once('(').map(|(_, r)| r.trim_end_matches(')').to_owned()).unwrap();
            assert_eq!(faults(&format!("{HEAD}-- squawk-ignore {rule} -- unused since version 3 of it\n{unsafe_step}\n")), Vec::<String>::new());
            assert!(!faults(&format!("{HEAD}-- squawk-ignore {rule}\n{unsafe_step}\n")).is_empty(), "without a reason");
        }
    }

    #[test]
    fn ours_pass() {
        assert_eq!(lint(), Ok(()));
    }

    #[test]
    fn what_adds_is_fine_and_says_what_it_locks() {
        let sql = "create table x (id uuid primary key);\ncreate index on x (id);\nalter table activities add column x int;\n";
        assert_eq!(faults(&format!("{HEAD}{sql}")), Vec::<String>::new());
        assert_eq!(faults(sql).len(), 1);
    }
}
