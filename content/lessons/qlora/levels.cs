using System;
using System.Linq;

public static class Levels
{
    /// <summary>A block of numbers as its scale and, for each number, which level is nearest.</summary>
    public static (double Scale, int[] Codes) Encode(double[] block, double[] levels)
    {
        double scale = block.Max(x => Math.Abs(x));
        Func<double, int> nearest = x =>
            Enumerable.Range(0, levels.Length).Aggregate((a, b) => Math.Abs(levels[b] - x) < Math.Abs(levels[a] - x) ? b : a);
        return (scale, block.Select(x => nearest(scale > 0 ? x / scale : 0.0)).ToArray());
    }

    /// <summary>The numbers that the codes stand for.</summary>
    public static double[] Decode(double scale, int[] codes, double[] levels)
    {
        return codes.Select(code => scale * levels[code]).ToArray();
    }
}
