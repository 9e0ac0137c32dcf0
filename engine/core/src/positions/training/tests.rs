use super::*;
use crate::jobs::positions::TrainPositions;

fn setup(task: Task) -> Setup {
    Setup { task, ..TrainPositions::default().setup }
}

/// The last point of a whole run, the closer look, and the first step at which 95 in 100 tokens were right.
fn whole(task: Task, scheme: Scheme) -> (Point, Glance, Option<u32>) {
    whole_of(setup(task), scheme)
}

fn whole_of(setup: Setup, scheme: Scheme) -> (Point, Glance, Option<u32>) {
    let task = setup.task;
    let mut run = Run::new(setup, scheme, None);
    let glance = run.go_on(setup.steps);
    assert!(run.is_done());
    let points = &run.kept().points;
    let last = points.last().copied().expect("there are points");
    let passed = points.iter().find(|point| point.near.tokens >= 0.95).map(|point| point.step);
    println!("{task:?} {scheme:?} {last:?} 95 at {passed:?}, shuffled {}", glance.shuffled);
    (last, glance, passed)
}

/// The lesson quotes these: look back three tokens.
#[test]
fn look_back_without_positions_stays_at_what_the_blind_can_do() {
    let (last, glance, _) = whole(Task::LookBack, Scheme::None);
    let blind = setup(Task::LookBack).blind();
    assert!((blind - 0.30).abs() < 0.01, "{blind}");
    assert!(last.near.tokens < blind + 0.03 && last.near.exact == 0.0, "{last:?}");
    assert!(glance.shuffled < 1e-5, "{}", glance.shuffled);
}

#[test]
fn look_back_with_learned_positions_ends_where_training_ended() {
    let (last, glance, passed) = whole(Task::LookBack, Scheme::Learned);
    assert!(last.near.exact > 0.99 && last.far.exact < 0.01, "{last:?}");
    assert!(passed.is_some_and(|step| step <= 120), "{passed:?}");
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    let (within, beyond) = (mean(&glance.by_position[3..16]), mean(&glance.by_position[20..]));
    assert!(within > 0.99 && beyond < 0.3, "{within} {beyond}");
    assert!(glance.by_position[2].is_nan(), "nothing is asked there");
}

#[test]
fn look_back_with_rope_goes_on_to_twice_the_length() {
    let (last, glance, passed) = whole(Task::LookBack, Scheme::Rope);
    assert!(last.near.exact > 0.99 && last.far.exact > 0.95, "{last:?}");
    assert!(passed.is_some_and(|step| step <= 120), "{passed:?}");
    let at_three = glance.by_distance.iter().map(|head| head[3]).fold(0.0, f64::max);
    assert!(at_three > 0.8, "one head looks three back: {at_three}");
}

#[test]
fn look_back_with_waves_is_learned_later_and_does_not_go_on() {
    let (last, _, passed) = whole(Task::LookBack, Scheme::Sinusoidal);
    assert!(last.near.exact > 0.95 && last.far.exact < 0.05 && last.far.tokens > 0.5, "{last:?}");
    assert!(passed.is_some_and(|step| (150..=400).contains(&step)), "{passed:?}");
}

#[test]
fn look_back_with_alibi_fails_because_a_slope_has_no_peak_at_three() {
    let (last, ..) = whole(Task::LookBack, Scheme::Alibi);
    assert!(last.near.tokens < 0.4, "{last:?}");
}

#[test]
fn the_latest_digit_suits_alibi_and_rope_and_both_go_on() {
    let (alibi, ..) = whole(Task::Latest, Scheme::Alibi);
    assert!(alibi.near.tokens > 0.95 && alibi.far.tokens > 0.9, "{alibi:?}");
    let (rope, ..) = whole(Task::Latest, Scheme::Rope);
    assert!(rope.near.tokens > 0.99 && rope.far.tokens > 0.97, "{rope:?}");
}

#[test]
fn reverse_needs_to_know_where_it_is_and_not_how_far() {
    let (learned, _, passed) = whole(Task::Reverse, Scheme::Learned);
    assert!(learned.near.exact > 0.99 && learned.far.exact < 0.01, "{learned:?}");
    assert!(passed.is_some_and(|step| step <= 150), "{passed:?}");
    let (waves, _, passed) = whole(Task::Reverse, Scheme::Sinusoidal);
    assert!(waves.near.exact > 0.99 && passed.is_some_and(|step| (151..=300).contains(&step)), "{waves:?} {passed:?}");
    let (rope, _, passed) = whole(Task::Reverse, Scheme::Rope);
    assert!(rope.near.tokens < 0.7 && passed.is_none(), "{rope:?}");
}

/// The exercise of the lesson: a second layer makes use of what the mask alone says.
#[test]
fn two_layers_without_positions_learn_the_latest_from_the_mask() {
    let (one, ..) = whole(Task::Latest, Scheme::None);
    assert!(one.near.tokens < setup(Task::Latest).blind() + 0.05, "{one:?}");
    let (two, ..) = whole_of(Setup { layers: 2, ..setup(Task::Latest) }, Scheme::None);
    assert!(two.near.tokens > 0.85, "{two:?}");
}

/// Half a turn of a head's second pair has to be longer than the text, or far keys look like near ones: enough for the
/// trained length is not enough for twice that.
#[test]
fn a_small_base_makes_rope_fail_at_twice_the_length() {
    let half = |base| crate::positions::encodings::wavelength(1, crate::positions::model::D_HEAD, base) / 2.0;
    let farthest = |tokens: f64| tokens - 1.0 - 3.0;
    assert!(half(1_000.0) > farthest(16.0) && half(1_000.0) < farthest(32.0) && half(10_000.0) > farthest(32.0));
    let (short, ..) = whole_of(Setup { base: 1_000.0, ..setup(Task::LookBack) }, Scheme::Rope);
    assert!(short.near.exact > 0.99 && short.far.exact < 0.1, "{short:?}");
}

#[test]
fn a_run_that_goes_on_equals_one_that_never_stopped() {
    let setup = Setup { steps: 80, tokens: 8, ..setup(Task::LookBack) };
    for scheme in [Scheme::Learned, Scheme::Alibi] {
        let mut unbroken = Run::new(setup, scheme, None);
        unbroken.go_on(80);
        let mut first = Run::new(setup, scheme, None);
        first.go_on(30);
        // Work that was begun and thrown away leaves no trace.
        let kept = first.kept().clone();
        first.learn();
        let mut second = Run::new(setup, scheme, Some(kept));
        assert_eq!((second.step(), second.fits()), (30, true));
        second.learn();
        second.go_on(80);
        assert_eq!(second.kept().params, unbroken.kept().params);
        let measured = |run: &Run| run.kept().points.iter().map(|p| (p.step, p.near, p.far)).collect::<Vec<_>>();
        assert_eq!(measured(&second), measured(&unbroken));
    }
    assert!(!Run::new(setup, Scheme::None, Some(Kept::default())).fits());
}
