public static class Compressed
{
    /// <summary>Whole numbers, scales and zero points of a matrix, in bytes. A share of 0 is the whole matrix.</summary>
    public static (long Codes, long Scales, long Zeros) Bytes(long rows, long columns, int bits, long share, bool affine)
    {
        long groups = share == 0 ? 1 : rows * ((columns + share - 1) / share);
        long codes = rows * ((columns * bits + 7) / 8);
        return (codes, 4 * groups, affine ? groups : 0);
    }
}
