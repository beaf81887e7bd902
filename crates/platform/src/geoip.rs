//! The approximate location of an IP address, from a geolocation database that the operator provides.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use maxminddb::{Reader, geoip2};

/// The database, if there is one. Cheap to clone.
#[derive(Clone, Default)]
pub struct GeoIp(Option<Arc<Reader<Vec<u8>>>>);

impl GeoIp {
    /// Reads the database. Without one no location is known.
    pub fn open(file: Option<&Path>) -> Result<Self, std::io::Error> {
        let Some(file) = file else { return Ok(Self(None)) };
        let unusable = |e| std::io::Error::other(format!("{} is not a geolocation database: {e}. See `security.geoip_database`.", file.display()));
        Ok(Self(Some(Arc::new(Reader::open_readfile(file).map_err(unusable)?))))
    }

    /// "Porto, Portugal", as far as it is known.
    #[must_use]
    pub fn lookup(&self, address: IpAddr) -> Option<String> {
        let found = self.0.as_ref()?.lookup(address).ok()?.decode::<geoip2::City>().ok()??;
        let parts: Vec<&str> = [found.city.names.english, found.country.names.english].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", ").chars().filter(|c| !c.is_control()).take(120).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text, as the format writes it (`MaxMind` DB 2.0, "Data Section"): kind 2 and the length.
    fn text(text: &str) -> Vec<u8> {
        [&[0x40 | u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
    }

    /// A map: kind 7, the number of pairs, and the pairs.
    fn map(pairs: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let body: Vec<u8> = pairs.iter().flat_map(|(key, value)| [text(key), value.clone()].concat()).collect();
        [vec![0xe0 | u8::try_from(pairs.len()).unwrap()], body].concat()
    }

    /// An unsigned number of up to four bytes: kind 5 (16 bits) or 6 (32 bits).
    fn number(kind: u8, n: u16) -> Vec<u8> {
        [vec![kind << 5 | 2], n.to_be_bytes().to_vec()].concat()
    }

    /// A database that knows the lower half of all IPv4 addresses.
    fn database(record: &[u8]) -> Vec<u8> {
        // One node: a zero bit leads to the record at offset 0 of the data, a one bit to nothing (the number of nodes).
        let tree = [0, 0, 1 + 16, 0, 0, 1];
        let metadata = map(&[
            ("node_count", number(6, 1)),
            ("record_size", number(5, 24)),
            ("ip_version", number(5, 4)),
            ("database_type", text("City")),
            ("languages", vec![0x00, 0x04]),
            ("binary_format_major_version", number(5, 2)),
            ("binary_format_minor_version", number(5, 0)),
            ("build_epoch", vec![0x02, 0x02, 0, 1]),
            ("description", map(&[])),
        ]);
        [&tree[..], &[0; 16], record, b"\xab\xcd\xefMaxMind.com", &metadata].concat()
    }

    #[test]
    fn an_address_has_a_location_when_the_database_knows_it() {
        let names = |name: &str| map(&[("names", map(&[("en", text(name))]))]);
        let file = tempfile::NamedTempFile::new().expect("file");
        let at = |record: Vec<u8>, address: &str| {
            std::fs::write(file.path(), database(&record)).expect("written");
            GeoIp::open(Some(file.path())).expect("opens").lookup(address.parse().unwrap())
        };
        let porto = map(&[("city", names("Porto")), ("country", names("Portugal"))]);
        assert_eq!(at(porto.clone(), "100.0.0.1").as_deref(), Some("Porto, Portugal"));
        assert_eq!(at(porto, "203.0.113.9"), None);
        assert_eq!(at(map(&[("country", names("Portugal"))]), "100.0.0.1").as_deref(), Some("Portugal"));
        assert_eq!(at(map(&[]), "100.0.0.1"), None);
        assert_eq!(GeoIp::default().lookup("100.0.0.1".parse().unwrap()), None);
        std::fs::write(file.path(), "no database").expect("written");
        assert!(GeoIp::open(Some(file.path())).is_err());
    }
}
