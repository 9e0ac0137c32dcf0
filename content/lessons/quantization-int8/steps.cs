using System;
using System.Linq;

public static class Steps
{
    /// <summary>The ruler that reaches as far as the numbers do: its step, and which whole number is zero.</summary>
    public static (double Scale, int Zero) Of(double[] numbers, bool affine = false, int bits = 8)
    {
        int most = (1 << (bits - 1)) - 1;
        if (affine)
        {
            double low = Math.Min(numbers.Min(), 0), high = Math.Max(numbers.Max(), 0);
            double step = high > low ? (high - low) / (2 * most + 1) : 1;
            return (step, (int)Math.Round(-most - 1 - low / step));
        }
        double far = numbers.Max(x => Math.Abs(x));
        return (far > 0 ? far / most : 1, 0);
    }

    /// <summary>The whole number whose value is nearest to x.</summary>
    public static int Code(double x, double scale, int zero, bool affine = false, int bits = 8)
    {
        int most = (1 << (bits - 1)) - 1;
        int lowest = affine ? -most - 1 : -most;
        return Math.Clamp((int)Math.Round(x / scale) + zero, lowest, most);
    }

    /// <summary>What a whole number stands for.</summary>
    public static double Value(int code, double scale, int zero)
    {
        return scale * (code - zero);
    }
}
