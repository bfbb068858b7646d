//! Faults of the product that are put in on purpose, beside the product, so that each row shows what it would catch.

/// Something wrong on purpose, in a seam of the harness: the product's own code is never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// The agent lets a run go as soon as the broker has it.
    TrustsBroker,
    /// The store says that it kept the seal of a run that it dropped.
    StoreForgets,
    /// Now and then a run's record is read without its vote.
    ForgetsVotes,
    /// The disk says that it kept what a power cut then tears off.
    UnsyncedDisk,
    /// A full disk says that it kept what it had no room for.
    SilentFullDisk,
    /// The revision of a tile that came first is taken for the newest.
    IgnoresRevisions,
    /// A robot that comes back after a lost session hears nothing any more.
    DeafAfterSession,
    /// An error of the store is taken for success.
    SwallowsErrors,
    /// A version calls a field of its messages by another name.
    RenamesField,
    /// What was refused is kept without its bytes.
    DropsPoison,
}
