using System;
using System.Collections.Generic;
using System.Linq;

public static class Loop
{
    /// <summary>Learns which token follows which; returns the loss before each step and fills the scores.</summary>
    public static List<double> Train(int[] text, double[][] scores, int steps, double rate)
    {
        int vocab = scores.Length;
        int places = text.Length - 1;
        var losses = new List<double>();
        for (int step = 0; step < steps; step++)
        {
            double[][] gradient = scores.Select(_ => new double[vocab]).ToArray();
            double loss = 0;
            for (int place = 0; place < places; place++)
            {
                int now = text[place], next = text[place + 1];
                double[] exps = scores[now].Select(score => Math.Exp(score)).ToArray();
                double total = exps.Sum();
                loss -= Math.Log(exps[next] / total) / places;
                for (int token = 0; token < vocab; token++)
                    gradient[now][token] += (exps[token] / total - (token == next ? 1 : 0)) / places;
            }
            for (int row = 0; row < vocab; row++)
                for (int token = 0; token < vocab; token++)
                    scores[row][token] -= rate * gradient[row][token];
            losses.Add(loss);
        }
        return losses;
    }
}
