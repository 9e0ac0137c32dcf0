using System;
using System.Linq;

public static class Mask
{
    /// <summary>Zero where a token may look, minus infinity where it may not.</summary>
    public static double[][] Causal(int tokens)
    {
        return Enumerable.Range(0, tokens)
            .Select(query => Enumerable.Range(0, tokens)
                .Select(key => key > query ? double.NegativeInfinity : 0.0)
                .ToArray())
            .ToArray();
    }

    /// <summary>Attention weights from scores, one row per query, without a look ahead.</summary>
    public static double[][] Weights(double[][] scores)
    {
        double[][] mask = Causal(scores.Length);
        return scores.Select((row, query) =>
        {
            double[] open = row.Zip(mask[query], (score, hidden) => score + hidden).ToArray();
            double best = open.Max();
            double[] exps = open.Select(score => Math.Exp(score - best)).ToArray();
            double total = exps.Sum();
            return exps.Select(exp => exp / total).ToArray();
        }).ToArray();
    }
}
