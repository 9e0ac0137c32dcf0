using System;

public static class Online
{
    /// <summary>One query over all keys, tile by tile: returns the mixed value.</summary>
    public static double[] Attend(double[] query, double[][] keys, double[][] values, int tile = 2)
    {
        double largest = double.NegativeInfinity, total = 0;
        var mixed = new double[values[0].Length];
        for (int start = 0; start < keys.Length; start += tile)
        {
            int count = Math.Min(tile, keys.Length - start);
            var scores = new double[count];
            double highest = largest;
            for (int j = 0; j < count; j++)
            {
                for (int c = 0; c < query.Length; c++) scores[j] += query[c] * keys[start + j][c];
                scores[j] /= Math.Sqrt(query.Length);
                highest = Math.Max(highest, scores[j]);
            }
            double shrink = Math.Exp(largest - highest);
            total *= shrink;
            for (int c = 0; c < mixed.Length; c++) mixed[c] = mixed[c] * shrink;
            for (int j = 0; j < count; j++)
            {
                double weight = Math.Exp(scores[j] - highest);
                total += weight;
                for (int c = 0; c < mixed.Length; c++) mixed[c] += weight * values[start + j][c];
            }
            largest = highest;
        }
        for (int c = 0; c < mixed.Length; c++) mixed[c] /= total;
        return mixed;
    }
}
