using System;
using System.Linq;

public static class Heads
{
    /// <summary>Causal attention of one head; one row of numbers per token.</summary>
    public static double[][] Attend(double[][] queries, double[][] keys, double[][] values)
    {
        return queries.Select((query, position) =>
        {
            double[] scores = keys.Take(position + 1)
                .Select(key => query.Zip(key, (q, k) => q * k).Sum() / Math.Sqrt(query.Length))
                .ToArray();
            double best = scores.Max();
            double[] exps = scores.Select(score => Math.Exp(score - best)).ToArray();
            double total = exps.Sum();
            return Enumerable.Range(0, values[0].Length)
                .Select(c => exps.Zip(values, (exp, value) => exp / total * value[c]).Sum())
                .ToArray();
        }).ToArray();
    }

    /// <summary>Several heads side by side; every matrix is an array of rows.</summary>
    public static double[][] MultiHead(
        double[][] queries, double[][] keys, double[][] values, int heads, double[][] mix)
    {
        int dModel = mix.Length;
        int dHead = dModel / heads;
        var joined = queries.Select(_ => new double[dModel]).ToArray();
        for (int head = 0; head < heads; head++)
        {
            int from = head * dHead;
            Func<double[][], double[][]> share = rows => rows.Select(row => row.Skip(from).Take(dHead).ToArray()).ToArray();
            double[][] found = Attend(share(queries), share(keys), share(values));
            for (int token = 0; token < joined.Length; token++) found[token].CopyTo(joined[token], from);
        }
        return joined
            .Select(row => Enumerable.Range(0, dModel)
                .Select(c => row.Zip(mix, (x, weights) => x * weights[c]).Sum())
                .ToArray())
            .ToArray();
    }
}
