using System;
using System.Linq;

public static class Sampler
{
    /// <summary>The probabilities the next token is drawn from; removed tokens get zero.</summary>
    public static double[] Distribution(double[] logits, double temperature, int topK, double topP)
    {
        int[] order = Enumerable.Range(0, logits.Length)
            .OrderByDescending(token => logits[token])
            .ToArray();

        if (temperature == 0) order = order.Take(1).ToArray();
        else if (topK > 0) order = order.Take(topK).ToArray();

        double best = logits[order[0]];
        double[] weights = order
            .Select(token => Math.Exp((logits[token] - best) / Math.Max(temperature, 1e-6)))
            .ToArray();

        double total = weights.Sum();
        double kept = 0;
        var probabilities = new double[logits.Length];
        for (int rank = 0; rank < order.Length; rank++)
        {
            if (rank > 0 && kept >= topP * total) break;
            probabilities[order[rank]] = weights[rank];
            kept += weights[rank];
        }
        return probabilities.Select(weight => weight / kept).ToArray();
    }

    /// <summary>The token that a roll, at least 0 and below 1, lands on.</summary>
    public static int Draw(double[] probabilities, double uniform)
    {
        double end = 0;
        for (int token = 0; token < probabilities.Length; token++)
        {
            end += probabilities[token];
            if (uniform < end) return token;
        }
        return Array.FindLastIndex(probabilities, p => p > 0);
    }
}
