using System;
using System.Linq;

public static class HeadHabits
{
    /// <summary>Which of so many shades stands for a weight between 0 and 1.</summary>
    public static int Shade(double weight, int colours) => Math.Min((int)(weight * colours), colours - 1);

    /// <summary>Mean weights on the token before, on the first token and on the token itself.</summary>
    public static double[] Of(double[][] weights)
    {
        int[] rows = Enumerable.Range(1, weights.Length - 1).ToArray();
        return new[]
        {
            rows.Average(row => weights[row][row - 1]),
            rows.Average(row => weights[row][0]),
            rows.Average(row => weights[row][row]),
        };
    }

    /// <summary>The same mean for a head that shares out its weight evenly.</summary>
    public static double Indifferent(int tokens) => Enumerable.Range(2, tokens - 1).Average(row => 1.0 / row);
}
