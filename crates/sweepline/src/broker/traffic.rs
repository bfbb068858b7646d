//! Whoever wants to know what goes through the broker, message by message.

/// Hears of everything that AWS IoT Core would charge for.
pub trait Traffic: Send + Sync {
    /// A client connected.
    fn connected(&self, client_id: &str);

    /// A client sent a SUBSCRIBE, with however many filters.
    fn subscribed(&self, client_id: &str);

    /// A client published a message of `bytes` and was allowed to.
    fn published(&self, topic: &str, bytes: usize, retain: bool);

    /// The cloud sent a message of `bytes`.
    fn sent(&self, topic: &str, bytes: usize, retain: bool);

    /// A client was sent a message of `bytes`.
    fn delivered(&self, topic: &str, bytes: usize);

    /// A client acknowledged a message.
    fn acknowledged(&self, topic: &str);
}
