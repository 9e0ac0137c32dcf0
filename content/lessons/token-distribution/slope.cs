using System;
using System.Collections.Generic;
using System.Linq;

public static class Zipf
{
    /// <summary>The slope of log(count) against log(rank), over the ranks from first to last.</summary>
    public static double Slope(int[] counts, int first, int last)
    {
        var xs = new List<double>();
        var ys = new List<double>();
        for (int rank = first; rank <= Math.Min(last, counts.Length); rank++)
        {
            xs.Add(Math.Log(rank));
            ys.Add(Math.Log(counts[rank - 1]));
        }
        double x = xs.Average(), y = ys.Average();
        double top = xs.Zip(ys, (a, b) => (a - x) * (b - y)).Sum();
        double bottom = xs.Sum(a => (a - x) * (a - x));
        return top / bottom;
    }
}
