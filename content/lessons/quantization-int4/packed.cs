using System;
using System.Linq;

public static class Packed
{
    /// <summary>Whole numbers from -8 to 7, two to a byte, the first in the lower four bits.</summary>
    public static byte[] Pack(int[] codes)
    {
        var bytes = new byte[(codes.Length + 1) / 2];
        for (int i = 0; i < codes.Length; i++)
        {
            bytes[i / 2] |= (byte)((codes[i] & 15) << (i % 2 * 4));
        }
        return bytes;
    }

    /// <summary>The numbers of one row, with a scale for each group of it.</summary>
    public static double[] Row(byte[] bytes, int columns, int group, double[] scales)
    {
        var numbers = new double[columns];
        for (int column = 0; column < columns; column++)
        {
            int packed = bytes[column / 2];
            int fourBits = column % 2 == 0 ? packed & 15 : packed >> 4;
            int code = fourBits < 8 ? fourBits : fourBits - 16;
            numbers[column] = scales[column / group] * code;
        }
        return numbers;
    }
}
