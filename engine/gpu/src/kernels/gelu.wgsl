// GELU(x) = x · Φ(x), with Φ the normal distribution function, for a number or four at once (`Cell`).
//
// WGSL has no erf. Formula 7.1.26 of Abramowitz and Stegun is within 1.5e-7 of it.

fn normal_distribution(x: Cell) -> Cell {
    let z = abs(x) * 0.70710678;
    let t = 1.0 / (1.0 + 0.3275911 * z);
    let series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    let tail = 0.5 * series * exp(-z * z);
    return select(1.0 - tail, tail, x < Cell(0.0));
}

fn gelu(x: Cell) -> Cell {
    return x * normal_distribution(x);
}

fn gelu_slope(x: Cell) -> Cell {
    return normal_distribution(x) + x * 0.39894228 * exp(-0.5 * x * x);
}
