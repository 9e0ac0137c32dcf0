//! Here or elsewhere: which of two places answers a question.

use serde::{Deserialize, Serialize};

// ANCHOR: route
/// A question, and the two places that could answer it. Times are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// How many tokens the answer has.
    pub tokens: f64,
    /// What a token takes on the device.
    pub device_ms: f64,
    /// What a token takes on the server.
    pub server_ms: f64,
    /// From the question's leaving to the first byte of the answer, without any computing.
    pub round_trip_ms: f64,
    /// Whether there is a connection.
    pub online: bool,
    /// Whether the question must not leave the device.
    pub private: bool,
}

/// Where a question is answered, and how long each place would take.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// Whether the device answers.
    pub here: bool,
    /// The device's time.
    pub device_ms: f64,
    /// The server's time; none where it may not or cannot be asked.
    pub server_ms: Option<f64>,
}

/// Chooses the quicker place among those that are allowed and reachable; of equals the device.
///
/// ```
/// use engine_core::edge::route::{Question, route};
/// let short = Question { tokens: 10.0, device_ms: 20.0, server_ms: 10.0, round_trip_ms: 150.0, online: true, private: false };
/// assert!(route(short).here, "200 ms here, 250 ms there");
/// assert!(!route(Question { tokens: 100.0, ..short }).here, "2000 ms here, 1150 ms there");
/// assert!(route(Question { tokens: 100.0, private: true, ..short }).here);
/// ```
pub fn route(question: Question) -> Route {
    let Question { tokens, device_ms, server_ms, round_trip_ms, online, private } = question;
    let device_ms = tokens * device_ms;
    let server_ms = (online && !private).then_some(round_trip_ms + tokens * server_ms);
    let here = server_ms.is_none_or(|server_ms| device_ms <= server_ms);
    Route { here, device_ms, server_ms }
}
// ANCHOR_END: route

/// From how many tokens on the server is quicker; none if it never is.
pub fn break_even(question: Question) -> Option<f64> {
    let gained = question.device_ms - question.server_ms;
    (gained > 0.0).then(|| question.round_trip_ms / gained)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_the_break_even_both_take_as_long() {
        let question = Question {
            tokens: 15.0,
            device_ms: 20.0,
            server_ms: 10.0,
            round_trip_ms: 150.0,
            online: true,
            private: false,
        };
        assert_eq!(break_even(question), Some(15.0));
        let found = route(question);
        assert_eq!((found.here, Some(found.device_ms)), (true, found.server_ms));
        assert_eq!(break_even(Question { device_ms: 5.0, ..question }), None);
        assert_eq!(route(Question { online: false, tokens: 1e6, ..question }).server_ms, None);
    }
}
