// Matrix product: out[M, N] = A · B, each thread a tile of eight rows and four columns.
//
// Four values of k are taken at once: `left` holds them for four rows (one row per column of the
// matrix), `right` for four columns (one k per column), so that right · left is a 4x4 piece of the sum.
// Everything lies in registers: no shared memory and no barrier, which suits processors that only
// pretend to be a GPU, and GPUs that cache well.
//
// Features: LEFT_T: A is stored [K, M]. RIGHT_T: B is stored [N, K]. RAGGED: sizes need not be multiples
// of four. BIAS: adds bias[N] to every row. RESIDUAL: adds residual[M, N]. GELU: keeps the sum in before[M, N]
// and writes its GELU. SLOPE: multiplies by the slope of GELU at before[M, N]. SUMS: column_sums[N] = 1ᵀ · B.

//#if RAGGED
alias Cell = f32;
const WIDTH: u32 = 1u;
//#end
//#if !RAGGED
alias Cell = vec4<f32>;
const WIDTH: u32 = 4u;
//#end

@group(0) @binding(#) var<storage, read> a: array<Cell>;
@group(0) @binding(#) var<storage, read> b: array<Cell>;
@group(0) @binding(#) var<storage, read_write> out: array<Cell>;
//#if BIAS
@group(0) @binding(#) var<storage, read> bias: array<Cell>;
//#end
//#if RESIDUAL
@group(0) @binding(#) var<storage, read> residual: array<Cell>;
//#end
//#if GELU
@group(0) @binding(#) var<storage, read_write> before: array<Cell>;
//#end
//#if SLOPE
@group(0) @binding(#) var<storage, read> before: array<Cell>;
//#end
//#if SUMS
@group(0) @binding(#) var<storage, read_write> column_sums: array<Cell>;
//#end

//#if RAGGED
// One k at a time. Rows and columns beyond the edge repeat the last one; their sums are thrown away.
alias Four = vec4<f32>;
const STEP: u32 = 1u;

fn left_at(row: u32, k: u32) -> f32 {
    let last = min(row, M - 1u);
    //#if LEFT_T
    return a[k * A_STRIDE + last];
    //#end
    //#if !LEFT_T
    return a[last * A_STRIDE + k];
    //#end
}

fn right_at(k: u32, column: u32) -> f32 {
    let last = min(column, N - 1u);
    //#if RIGHT_T
    return b[last * B_STRIDE + k];
    //#end
    //#if !RIGHT_T
    return b[k * B_STRIDE + last];
    //#end
}

fn left(row: u32, k: u32) -> Four {
    return Four(left_at(row, k), left_at(row + 1u, k), left_at(row + 2u, k), left_at(row + 3u, k));
}

fn right(k: u32, column: u32) -> Four {
    return Four(right_at(k, column), right_at(k, column + 1u), right_at(k, column + 2u), right_at(k, column + 3u));
}

fn times(r: Four, l: Four) -> mat4x4<f32> {
    return mat4x4<f32>(r * l.x, r * l.y, r * l.z, r * l.w);
}

fn row_sum(r: Four) -> vec4<f32> {
    return r;
}
//#end

//#if !RAGGED
alias Four = mat4x4<f32>;
const STEP: u32 = 4u;
const A_STEP: u32 = A_STRIDE / 4u;
const B_STEP: u32 = B_STRIDE / 4u;

fn left(row: u32, k: u32) -> Four {
    //#if LEFT_T
    let at = k * A_STEP + row / 4u;
    return transpose(Four(a[at], a[at + A_STEP], a[at + 2u * A_STEP], a[at + 3u * A_STEP]));
    //#end
    //#if !LEFT_T
    let at = row * A_STEP + k / 4u;
    return Four(a[at], a[at + A_STEP], a[at + 2u * A_STEP], a[at + 3u * A_STEP]);
    //#end
}

fn right(k: u32, column: u32) -> Four {
    //#if RIGHT_T
    let at = column * B_STEP + k / 4u;
    return transpose(Four(b[at], b[at + B_STEP], b[at + 2u * B_STEP], b[at + 3u * B_STEP]));
    //#end
    //#if !RIGHT_T
    let at = k * B_STEP + column / 4u;
    return Four(b[at], b[at + B_STEP], b[at + 2u * B_STEP], b[at + 3u * B_STEP]);
    //#end
}

fn times(r: Four, l: Four) -> mat4x4<f32> {
    return r * l;
}

fn row_sum(r: Four) -> vec4<f32> {
    return r * vec4<f32>(1.0);
}
//#end

// Finishes one cell of a row: a number, or four beside each other.
fn put(row: u32, cell: u32, sum: Cell) {
    let at = row * (OUT_STRIDE / WIDTH) + cell;
    var value = sum;
    //#if BIAS
    value += bias[cell];
    //#end
    //#if RESIDUAL
    value += residual[at];
    //#end
    //#if GELU
    before[at] = value;
    value = gelu(value);
    //#end
    //#if SLOPE
    value *= gelu_slope(before[at]);
    //#end
    out[at] = value;
}

fn put_row(row: u32, column: u32, sum: vec4<f32>) {
    if (row >= M || column >= N) { return; }
    //#if RAGGED
    for (var j = 0u; j < min(4u, N - column); j++) { put(row, column + j, sum[j]); }
    //#end
    //#if !RAGGED
    put(row, column / 4u, sum);
    //#end
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let row = id.y * 8u;
    let column = id.x * 4u;
    if (row >= M || column >= N) { return; }
    var upper = mat4x4<f32>();
    var lower = mat4x4<f32>();
    for (var k = 0u; k < K; k += STEP) {
        let r = right(k, column);
        upper += times(r, left(row, k));
        lower += times(r, left(row + 4u, k));
    }
    for (var i = 0u; i < 4u; i++) {
        put_row(row + i, column, upper[i]);
        put_row(row + 4u + i, column, lower[i]);
    }
    //#if SUMS
    if (row == 0u) {
        var sums = vec4<f32>();
        for (var k = 0u; k < K; k += STEP) { sums += row_sum(right(k, column)); }
        //#if RAGGED
        for (var j = 0u; j < min(4u, N - column); j++) { column_sums[column + j] = sums[j]; }
        //#end
        //#if !RAGGED
        column_sums[column / 4u] = sums;
        //#end
    }
    //#end
}
