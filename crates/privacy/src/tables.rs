//! What an account consists of: one line for each table, so that nothing is forgotten in an archive.

/// A table of an account's archive.
pub(crate) struct Table {
    /// The table; its file is `data/{table}.jsonl`.
    pub(crate) table: &'static str,
    /// What it was called, and its file, in archives of schemas before 39.
    pub(crate) former: Option<&'static str>,
    /// Its key without the athlete: the order of its lines, so that two archives of the same data are the same.
    pub(crate) order: &'static str,
}

impl Table {
    /// Whether a row is known by whose it is and not by an id: then one that the account has already stays, and the archive's is left out.
    pub(crate) fn is_keyed_by_athlete(&self) -> bool {
        ["athlete_thresholds", "visibility_settings", "finding_snapshots", "discovery_reports"].contains(&self.table)
    }
}

/// In an order in which rows can be brought back: what others refer to comes first.
pub(crate) const EXPORTED_TABLES: [Table; 11] = [
    Table { table: "athlete_thresholds", former: Some("athlete_values"), order: "valid_from" },
    Table { table: "visibility_settings", former: Some("sharing"), order: "athlete_id" },
    Table { table: "privacy_zones", former: Some("home_zones"), order: "id" },
    Table { table: "journal_entries", former: None, order: "day" },
    Table { table: "imports", former: None, order: "id" },
    Table { table: "import_files", former: None, order: "id" },
    Table { table: "activities", former: None, order: "id" },
    Table { table: "activity_streams", former: None, order: "activity_id" },
    Table { table: "activity_efforts", former: None, order: "activity_id, kind, target" },
    Table { table: "finding_snapshots", former: Some("discovery_history"), order: "day" },
    Table { table: "discovery_reports", former: None, order: "athlete_id" },
];

/// Tables that are no part of an archive, and why.
#[cfg(test)]
pub(crate) const EXCLUDED_TABLES: [(&str, &str); 19] = [
    ("accounts", "name and time zone stand in `legwork.json`; the address and the password belong to the account that is there"),
    ("sessions", "opens the account"),
    ("known_devices", "browsers that this server knows"),
    ("one_time_tokens", "opens the account"),
    ("totp_credentials", "opens the account"),
    ("passkeys", "opens the account"),
    ("recovery_codes", "opens the account"),
    ("api_tokens", "opens the account"),
    ("external_identities", "opens the account"),
    ("audit_log", "what happened here did not happen there"),
    ("trashed_activities", "deleted, and kept for thirty days on this server alone"),
    ("change_log", "what happened here did not happen there"),
    ("organisations", "belongs to everybody in it"),
    ("memberships", "belongs to the organisation, which is here"),
    ("invitations", "belongs to the organisation, which is here"),
    ("data_exports", "what happened here did not happen there"),
    ("consents", "given to this server, not to another; they are in `legwork.json` to read"),
    ("discovery_jobs", "work that is under way here"),
    ("recompute_tasks", "work that is under way here"),
];
