//! The ten statuses.

use crate::diagnostic::{Code, Severity};
use crate::message::Message;
use crate::msg;

/// What a rule came out as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// The rule or its data is broken.
    Error,
    /// Due and not met.
    Unmet,
    /// Cannot be decided.
    NoData,
    /// Not yet due, no better than the baseline.
    OffTrack,
    /// Not yet due, better than the baseline, worse than the path.
    Behind,
    /// Not yet due, nothing to judge the pace by.
    NotYet,
    /// Not met, but covered by a waiver.
    Waived,
    /// Not yet due, at or better than the path.
    OnTrack,
    /// The demand holds.
    Met,
    /// The demand does not arise.
    NotApplicable,
}

impl Status {
    /// Every status, worst first.
    pub const ALL: [Status; 10] = [
        Status::Error,
        Status::Unmet,
        Status::NoData,
        Status::OffTrack,
        Status::Behind,
        Status::NotYet,
        Status::Waived,
        Status::OnTrack,
        Status::Met,
        Status::NotApplicable,
    ];

    /// The name in machine formats.
    pub fn name(self) -> &'static str {
        match self {
            Status::Error => "error",
            Status::Unmet => "unmet",
            Status::NoData => "no_data",
            Status::OffTrack => "off_track",
            Status::Behind => "behind",
            Status::NotYet => "not_yet",
            Status::Waived => "waived",
            Status::OnTrack => "on_track",
            Status::Met => "met",
            Status::NotApplicable => "not_applicable",
        }
    }

    /// The name for readers.
    pub fn label(self) -> Message {
        match self {
            Status::Error => msg!(StatusError),
            Status::Unmet => msg!(StatusUnmet),
            Status::NoData => msg!(StatusNoData),
            Status::OffTrack => msg!(StatusOffTrack),
            Status::Behind => msg!(StatusBehind),
            Status::NotYet => msg!(StatusNotYet),
            Status::Waived => msg!(StatusWaived),
            Status::OnTrack => msg!(StatusOnTrack),
            Status::Met => msg!(StatusMet),
            Status::NotApplicable => msg!(StatusNotApplicable),
        }
    }

    /// The kind of finding that tells it.
    pub fn code(self) -> Code {
        match self {
            Status::Error | Status::Unmet | Status::Met | Status::NotApplicable => Code::Unmet,
            Status::NoData => Code::NoData,
            Status::OffTrack => Code::OffTrack,
            Status::Behind => Code::Behind,
            Status::NotYet => Code::NotYet,
            Status::Waived => Code::Waived,
            Status::OnTrack => Code::OnTrack,
        }
    }

    /// How much the status weighs; `None` where there is nothing to report.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Status::Error | Status::Unmet => Some(Severity::Error),
            Status::NoData | Status::OffTrack | Status::Behind => Some(Severity::Warning),
            Status::NotYet | Status::Waived | Status::OnTrack => Some(Severity::Advice),
            Status::Met | Status::NotApplicable => None,
        }
    }
}
