using System;

public static class Gptq
{
    /// <summary>Rounds one output's weights; later weights make good what rounding an earlier one did.</summary>
    public static int[] RoundRow(double[] weights, double[][] pull, double scale, int most = 7)
    {
        var rest = (double[])weights.Clone();
        var codes = new int[rest.Length];
        for (int column = 0; column < rest.Length; column++)
        {
            int code = Math.Clamp((int)Math.Round(rest[column] / scale), -most, most);
            double off = (rest[column] - scale * code) / pull[column][column];
            for (int later = column + 1; later < rest.Length; later++)
            {
                rest[later] -= off * pull[column][later];
            }
            codes[column] = code;
        }
        return codes;
    }
}
