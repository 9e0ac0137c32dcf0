using System;
using System.Linq;

public static class WayBack
{
    /// <summary>Takes the gradient of one causal head's result back to its queries, keys and values.</summary>
    public static (double[][] Queries, double[][] Keys, double[][] Values) Attention(
        double[][] queries, double[][] keys, double[][] values, double[][] dMixed)
    {
        int tokens = queries.Length;
        int width = queries[0].Length;
        double scale = Math.Sqrt(width);
        double[][] dQueries = Zeros(tokens, width);
        double[][] dKeys = Zeros(tokens, width);
        double[][] dValues = Zeros(tokens, width);

        for (int i = 0; i < tokens; i++)
        {
            int[] seen = Enumerable.Range(0, i + 1).ToArray();
            double[] scores = seen.Select(j => Dot(queries[i], keys[j]) / scale).ToArray();
            double largest = scores.Max();
            double total = scores.Sum(score => Math.Exp(score - largest));
            double[] weights = scores.Select(score => Math.Exp(score - largest) / total).ToArray();
            double[] dWeights = seen.Select(j => Dot(dMixed[i], values[j])).ToArray();
            double mean = Dot(dWeights, weights);
            foreach (int j in seen)
            {
                double dScore = weights[j] * (dWeights[j] - mean) / scale;
                for (int c = 0; c < width; c++)
                {
                    dValues[j][c] += weights[j] * dMixed[i][c];
                    dQueries[i][c] += dScore * keys[j][c];
                    dKeys[j][c] += dScore * queries[i][c];
                }
            }
        }
        return (dQueries, dKeys, dValues);
    }

    static double[][] Zeros(int rows, int columns) =>
        Enumerable.Range(0, rows).Select(_ => new double[columns]).ToArray();

    static double Dot(double[] left, double[] right) => left.Zip(right, (a, b) => a * b).Sum();
}
