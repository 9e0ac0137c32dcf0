//! A fixed disorder: the same question begins the same way on every device.

/// The numbers below `count` in an order that `key` fixes, and that is not the natural one if there is another.
pub fn shuffled(count: usize, key: &str) -> Vec<usize> {
    // FNV-1a, then SplitMix64: enough to disarrange a handful of items.
    let mut state = key
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        let at = usize::try_from(next() % (last as u64 + 1)).unwrap_or(0);
        order.swap(last, at);
    }
    if order.is_sorted() {
        order.rotate_left(usize::from(count > 1));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::shuffled;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_is_lost_and_it_is_never_solved_already(count in 0usize..12, key in ".{0,12}") {
            let order = shuffled(count, &key);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert!(sorted.into_iter().eq(0..count));
            prop_assert!(count < 2 || !order.is_sorted());
            prop_assert_eq!(shuffled(count, &key), order);
        }
    }

    #[test]
    fn keys_tell() {
        let orders: std::collections::BTreeSet<_> = (0..40).map(|key| shuffled(5, &key.to_string())).collect();
        assert!(orders.len() > 20, "{} orders of forty keys", orders.len());
    }
}
