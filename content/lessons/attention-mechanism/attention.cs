using System;
using System.Linq;

public static class SingleHead
{
    /// <summary>Causal attention of one head; each argument is one row of numbers per token.</summary>
    public static (double[][] Weights, double[][] Mixed) Attention(
        double[][] queries, double[][] keys, double[][] values)
    {
        int tokens = queries.Length;
        int dHead = queries[0].Length;
        var weights = new double[tokens][];
        var mixed = new double[tokens][];

        for (int position = 0; position < tokens; position++)
        {
            double[] query = queries[position];
            double[] scores = Enumerable.Repeat(double.NegativeInfinity, tokens).ToArray();
            for (int earlier = 0; earlier <= position; earlier++)
            {
                double dot = query.Zip(keys[earlier], (q, k) => q * k).Sum();
                scores[earlier] = dot / Math.Sqrt(dHead);
            }

            double[] row = Softmax(scores);
            weights[position] = row;
            mixed[position] = Enumerable.Range(0, values[0].Length)
                .Select(i => row.Zip(values, (weight, value) => weight * value[i]).Sum())
                .ToArray();
        }
        return (weights, mixed);
    }

    /// <summary>Turns scores into weights that are positive and sum to one.</summary>
    public static double[] Softmax(double[] scores)
    {
        double largest = scores.Max();
        double[] exps = scores.Select(score => Math.Exp(score - largest)).ToArray();
        double total = exps.Sum();
        return exps.Select(exp => exp / total).ToArray();
    }
}
