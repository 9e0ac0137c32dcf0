using System;
using System.Linq;

public static class Families
{
    static double[] Softmax(double[] scores)
    {
        double most = scores.Max();
        double[] powers = scores.Select(score => Math.Exp(score - most)).ToArray();
        double sum = powers.Sum();
        return powers.Select(power => power / sum).ToArray();
    }

    /// <summary>What each query takes together from the values it may see.</summary>
    public static double[][] Look(double[][] queries, double[][] keys, double[][] values, bool pastOnly)
    {
        return queries.Select((query, place) =>
        {
            int seen = pastOnly ? place + 1 : keys.Length;
            double scale = Math.Sqrt(query.Length);
            double[] scores = keys.Take(seen)
                .Select(key => query.Zip(key, (q, k) => q * k).Sum() / scale)
                .ToArray();
            double[] shares = Softmax(scores);
            return Enumerable.Range(0, query.Length)
                .Select(c => shares.Zip(values, (share, value) => share * value[c]).Sum())
                .ToArray();
        }).ToArray();
    }

    public static double[][] Encoder(double[][] x) => Look(x, x, x, pastOnly: false);

    public static double[][] Decoder(double[][] x) => Look(x, x, x, pastOnly: true);

    public static double[][] Cross(double[][] x, double[][] memory) => Look(x, memory, memory, pastOnly: false);
}
