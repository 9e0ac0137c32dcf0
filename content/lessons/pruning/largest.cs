using System;
using System.Linq;

public static class Pruning
{
    /// <summary>Which numbers stay if the share of them that is nearest to zero is cut.</summary>
    public static bool[] Largest(double[] numbers, double share)
    {
        int cut = (int)Math.Round(share * numbers.Length);
        int[] order = Enumerable.Range(0, numbers.Length).OrderBy(place => Math.Abs(numbers[place])).ToArray();
        var kept = Enumerable.Repeat(true, numbers.Length).ToArray();
        foreach (int place in order.Take(cut))
            kept[place] = false;
        return kept;
    }
}
