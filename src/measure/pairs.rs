//! Maps whose keys are no texts, in documents: as lists of pairs.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes a map.
pub fn serialize<'m, M, K, V, S>(map: &'m M, serializer: S) -> Result<S::Ok, S::Error>
where
    &'m M: IntoIterator<Item = (&'m K, &'m V)>,
    K: Serialize + 'm,
    V: Serialize + 'm,
    S: Serializer,
{
    serializer.collect_seq(map)
}

/// Reads a map.
pub fn deserialize<'de, M, K, V, D>(deserializer: D) -> Result<M, D::Error>
where
    M: FromIterator<(K, V)>,
    K: DeserializeOwned,
    V: DeserializeOwned,
    D: Deserializer<'de>,
{
    Ok(Vec::<(K, V)>::deserialize(deserializer)?.into_iter().collect())
}

/// The same for lists of maps.
pub mod each {
    use crate::ids::{Id, IdVec};

    use super::{Deserialize, DeserializeOwned, Deserializer, Serialize, Serializer};

    /// Writes a list of maps.
    pub fn serialize<'m, I, M, K, V, S>(
        maps: &'m IdVec<I, M>,
        serializer: S,
    ) -> Result<S::Ok, S::Error>
    where
        I: Id,
        &'m M: IntoIterator<Item = (&'m K, &'m V)>,
        K: Serialize + 'm,
        V: Serialize + 'm,
        S: Serializer,
    {
        serializer.collect_seq(maps.iter().map(|map| map.into_iter().collect::<Vec<_>>()))
    }

    /// Reads a list of maps.
    pub fn deserialize<'de, I, M, K, V, D>(deserializer: D) -> Result<IdVec<I, M>, D::Error>
    where
        I: Id,
        M: FromIterator<(K, V)>,
        K: DeserializeOwned,
        V: DeserializeOwned,
        D: Deserializer<'de>,
    {
        let maps = Vec::<Vec<(K, V)>>::deserialize(deserializer)?;
        Ok(maps.into_iter().map(|pairs| pairs.into_iter().collect()).collect())
    }
}
