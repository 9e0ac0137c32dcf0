using System;

public static class Rope
{
    /// <summary>A query or key as it is at this position.</summary>
    public static double[] Rotated(double[] vector, int position, double cycle = 10000)
    {
        var turned = new double[vector.Length];
        for (int i = 0; i + 1 < vector.Length; i += 2)
        {
            double angle = position / Math.Pow(cycle, (double)i / vector.Length);
            double cosine = Math.Cos(angle), sine = Math.Sin(angle);
            turned[i] = vector[i] * cosine - vector[i + 1] * sine;
            turned[i + 1] = vector[i] * sine + vector[i + 1] * cosine;
        }
        return turned;
    }

    /// <summary>How well a query fits a key that stands so many positions before it.</summary>
    public static double Score(double[] query, double[] key, int distance)
    {
        double[] atDistance = Rotated(query, distance);
        double sum = 0;
        for (int c = 0; c < key.Length; c++) sum += atDistance[c] * key[c];
        return sum / Math.Sqrt(query.Length);
    }
}
