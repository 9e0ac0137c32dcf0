using System;

public static class SkipGram
{
    /// <summary>One step: <c>others</c> holds the true neighbour first, then words drawn by chance.</summary>
    public static double Step(double[] centre, double[][] others, double learningRate)
    {
        double loss = 0;
        var pull = new double[centre.Length];

        for (int place = 0; place < others.Length; place++)
        {
            double[] other = others[place];
            double label = place == 0 ? 1 : 0;
            double score = 0;
            for (int i = 0; i < centre.Length; i++) score += centre[i] * other[i];
            double guess = 1 / (1 + Math.Exp(-score));
            loss -= Math.Log(place == 0 ? guess : 1 - guess);
            double error = guess - label;

            for (int i = 0; i < centre.Length; i++)
            {
                pull[i] += error * other[i];
                other[i] -= learningRate * error * centre[i];
            }
        }

        for (int i = 0; i < centre.Length; i++) centre[i] -= learningRate * pull[i];
        return loss;
    }
}
