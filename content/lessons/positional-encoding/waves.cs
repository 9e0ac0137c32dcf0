using System;

public static class Waves
{
    /// <summary>The vector that is added to a token at this position.</summary>
    public static double[] Sinusoidal(int position, int width, double cycle = 10000)
    {
        var vector = new double[width];
        for (int pair = 0; pair < width / 2; pair++)
        {
            double turn = 1 / Math.Pow(cycle, 2.0 * pair / width);
            double angle = position * turn;
            vector[2 * pair] = Math.Sin(angle);
            vector[2 * pair + 1] = Math.Cos(angle);
        }
        return vector;
    }
}
