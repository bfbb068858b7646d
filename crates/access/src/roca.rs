//! Recognizes RSA keys whose primes one family of chips made in a form that can be factored.
//!
//! The fingerprint is the one of Nemec, Sys, Svenda, Klinec and Matyas, "The Return of Coppersmith's Attack", 2017:
//! such a modulus is a power of 65537 modulo every small prime.

/// The small primes modulo which 65537 generates few enough numbers to tell.
///
/// A modulus of another origin passes all of them once in 240 million.
const PRIMES: [u32; 17] = [
    11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157,
];

/// Whether a modulus, big-endian, has the fingerprint.
pub(crate) fn has_fingerprint(modulus: &[u8]) -> bool {
    PRIMES
        .iter()
        .all(|prime| is_power_of_generator(remainder(modulus, *prime), *prime))
}

fn remainder(modulus: &[u8], prime: u32) -> u32 {
    modulus
        .iter()
        .fold(0, |rest, byte| ((rest << 8) | u32::from(*byte)) % prime)
}

fn is_power_of_generator(rest: u32, prime: u32) -> bool {
    let powers = std::iter::successors(Some(1), |power| Some(power * (65537 % prime) % prime));
    powers.take(prime as usize).any(|power| power == rest)
}
